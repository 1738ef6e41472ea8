/** Every failure of the engine: a code for programs, a sentence and a place for people. */
export class OctavoError extends Error {
  override name = 'OctavoError';
  constructor(
    /** E_MODEL_UNREADABLE, E_MODEL_UNSUPPORTED, E_CALIBRATION_DATA, E_INVALID_ARGUMENT, E_WASM_LOAD, ... */
    readonly code: string,
    message: string,
    /** "node 'conv1'", "recipe, key 'weights'"; empty where there is no place. */
    readonly where = '',
  ) {
    super(message);
  }

  override toString(): string {
    return `${this.code}: ${this.where === '' ? '' : `${this.where}: `}${this.message}`;
  }
}
