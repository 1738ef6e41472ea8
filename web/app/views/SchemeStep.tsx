import type { Recipe } from 'octavo/inline';
import { changeRecipe, choices, chooseScheme, full, work } from '../state.js';
import { Step } from './Step.js';

export function SchemeStep() {
  const now = full.value;
  return (
    <Step number={2} title="Scheme" place="scheme" done={choices.value !== null}>
      <fieldset class="presets four" disabled={work.value !== null}>
        <legend>What becomes small</legend>
        {choices.value?.scheme.map(({ name, description }) => (
          <label class="preset">
            <input type="radio" name="scheme" value={name} checked={now.scheme === name} onChange={() => chooseScheme(name)} />
            <b>{name}</b>
            <span>{description}</span>
          </label>
        ))}
      </fieldset>
      {now.scheme === 'weight-only' && <Weights bits={now.weight_bits} block={now.block_size} />}
    </Step>
  );
}

const blocks = [16, 32, 64, 128, 256, 0] as const;

function Weights({ bits, block }: { bits: Recipe['weight_bits']; block: Recipe['block_size'] }) {
  const number = (event: Event) => Number((event.currentTarget as HTMLSelectElement).value);
  return (
    <fieldset class="form" disabled={work.value !== null}>
      <label>
        Bits of weights
        <select id="weight-bits" value={bits} onChange={(e) => changeRecipe({ weight_bits: number(e) as Recipe['weight_bits'], block_size: undefined } as Partial<Recipe>, 'scheme')}>
          <option value="8">8</option>
          <option value="4">4</option>
        </select>
      </label>
      {bits === 4 && (
        <label class="wide">
          One scale for
          <select id="block-size" value={block} onChange={(e) => changeRecipe({ block_size: number(e) as Recipe['block_size'] } as Partial<Recipe>, 'scheme')}>
            {blocks.map((size) => (
              <option value={size}>{size === 0 ? 'an output channel' : `${size} inputs of an output channel`}</option>
            ))}
          </select>
        </label>
      )}
    </fieldset>
  );
}
