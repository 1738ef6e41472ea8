#!/usr/bin/env node
// npx octavo: the command line on the wasm engine. The recipe's flags come from the engine's own table;
// words, results and exit codes are those of the native program.
import { commands } from './cli_commands.js';
import { overview, parse, Usage, usage } from './cli_flags.js';
import { exit, Tool } from './cli_tool.js';
import { OctavoError } from './errors.js';
import { createHost } from './node.js';

const exitCodes: Record<string, number> = {
  E_INVALID_ARGUMENT: exit.usage,
  E_MODEL_UNREADABLE: exit.model,
  E_MODEL_UNSUPPORTED: exit.model,
  E_CALIBRATION_DATA: exit.calibration,
  E_IMAGE: exit.calibration,
  E_GOAL_MISSED: exit.threshold,
};

async function main([name, ...args]: string[]): Promise<number> {
  const host = await createHost();
  const tool = new Tool(host, host.module);
  const command = name === undefined ? undefined : commands[name];
  if (name === '--version') {
    tool.print(`octavo ${host.module.version()}\n`);
    return exit.ok;
  }
  if (command === undefined) {
    if (name === '--help' || name === '-h') {
      tool.print(overview());
      return exit.ok;
    }
    tool.note(name === undefined ? overview() : `octavo: there is no command '${name}'; octavo --help lists them\n`);
    return exit.usage;
  }
  if (args.includes('--help') || args.includes('-h')) {
    tool.print(usage(name as string, command, tool.keys()));
    return exit.ok;
  }
  try {
    const { positionals, flags } = parse(command, tool.keys(), args);
    return await command.run(tool, positionals, flags);
  } catch (error) {
    if (error instanceof Usage) {
      tool.note(`octavo: ${error.message}; octavo ${name} --help tells more\n`);
      return exit.usage;
    }
    if (!(error instanceof OctavoError)) throw error;
    tool.note(`octavo: ${error.where === '' ? '' : `${error.where}: `}${error.message}\n`);
    return exitCodes[error.code] ?? exit.failure;
  }
}

process.exitCode = await main(process.argv.slice(2));
