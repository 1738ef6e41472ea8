// Parses the flags of a command, and tells what there is.
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { commands } from './cli_commands.js';
import type { Command, Flag, Flags, RecipeKey } from './cli_tool.js';

function flagsOf(command: Command, keys: RecipeKey[]): Record<string, Flag> {
  if (!command.recipe) return command.flags;
  const recipe = Object.fromEntries(keys.map(({ flag, ...rest }) => [flag.slice(2), rest]));
  return { ...command.flags, recipe: { value: 'FILE', help: 'JSON file with any of the following; flags win over it' },
    config: { value: 'FILE', help: "MNN's configuration of quantized.out, as it stands; --recipe and flags win over it" }, ...recipe };
}

export function usage(name: string, command: Command, keys: RecipeKey[]): string {
  const lines = Object.entries(flagsOf(command, keys)).map(([flag, { value, help, short }]) =>
    `  ${`${short === undefined ? '' : `-${short},`}--${flag} ${value}`.padEnd(40)} ${help}\n`);
  return `${command.help}\n\noctavo ${name} ${command.positionals.join(' ')} [flags]\n\n${lines.join('')}`;
}

export function overview(): string {
  const lines = Object.entries(commands).map(([name, { help }]) => `  ${name.padEnd(10)} ${help}\n`);
  return `Folds a neural network to eight bits.\n\noctavo COMMAND ...\n\n${lines.join('')}\n` +
    'Exit codes: 0 ok, 1 failure, 2 usage, 3 model not readable or not supported,\n4 calibration data, 5 threshold missed or fault found.\n';
}

export class Usage extends Error {}

export function parse(command: Command, keys: RecipeKey[], args: string[]): { positionals: string[]; flags: Flags } {
  const known = flagsOf(command, keys);
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const [name, { value, short }] of Object.entries(known)) {
    options[name] = { type: value === '' ? 'boolean' : 'string', multiple: true, ...(short === undefined ? {} : { short }) };
  }
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    const { message } = error as Error;
    throw new Usage(message.replace(/^Unknown option ('[^']*').*/s, 'there is no flag $1'));
  }
  const flags: Flags = {};
  for (const [name, values] of Object.entries(parsed.values)) {
    const texts = (values as (string | boolean)[]).map(String);
    flags[name] = known[name]?.repeatable ? texts : texts.slice(-1);
  }
  const missing = command.required.find((name) => flags[name] === undefined);
  if (missing !== undefined) throw new Usage(`--${missing} is required`);
  const [given, wanted] = [parsed.positionals, command.positionals];
  if (given.length < wanted.length) throw new Usage(`${wanted[given.length]} is required`);
  if (given.length > wanted.length) throw new Usage(`'${given[wanted.length]}' is one too many`);
  return { positionals: parsed.positionals, flags };
}
