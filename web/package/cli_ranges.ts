// octavo ranges: writes the ranges of activations, as files of other tools.
import { checkWritable, readBytes, writeAtomically } from './cli_files.js';
import { type Command, exit, type Flags, one, type Tool } from './cli_tool.js';
import { picked } from './client.js';
import { OctavoError } from './errors.js';
import { taken } from './host.js';
import { nodePlatform } from './node_platform.js';
import type { Calibration, RangeFile, Session } from './octavo.js';
import type { Recipe } from './types.js';

export const ranges: Command = {
  help: 'write the ranges of activations, as files of other tools',
  positionals: ['MODEL'],
  flags: {
    output: { value: 'FILE', help: 'where the ranges go', short: 'o' },
    images: { value: 'DIR', help: 'folder of pictures (or .npy arrays, or a folder of them for each sample) to observe' },
    ranges: { value: 'FILE', help: 'file of ranges to rewrite, in any of the formats' },
    format: { value: 'NAME', help: 'mace, mace_log, ncnn, onnxruntime, tensorrt or flatbuffers' },
    enhance: { value: '', help: "cut on, sample by sample, where that wins much range (MACE's enhancement)" },
    threads: { value: 'N', help: 'threads, each with an engine of its own; all cores, up to 4, unless given' },
    force: { value: '', help: 'replace files that exist', short: 'f' },
    quiet: { value: '', help: 'no progress', short: 'q' },
  },
  required: ['output'],
  recipe: true,
  async run(tool, [path], flags) {
    const output = one(flags['output']), format = flags['format']?.[0] ?? 'mace';
    checkWritable(output, flags);
    taken(tool.module.checkRangeFormat(format));
    const recipe = tool.recipe(flags);
    const sources = [flags['images'], flags['ranges'], (JSON.parse(recipe) as Recipe).data_free ? [''] : undefined];
    if (sources.filter((source) => source !== undefined).length !== 1) {
      throw new OctavoError('E_INVALID_ARGUMENT',
        'ranges come from --images, a folder of samples, from --ranges, a file, or from --data-free: give one');
    }
    const { bytes, summary, warnings } = await written(tool, path as string, recipe, format, flags);
    tool.noteWarnings(warnings);
    writeAtomically(output, bytes);
    tool.print(`${output}\n${summary}`);
    return exit.ok;
  },
};

async function written(tool: Tool, path: string, recipe: string, format: string, flags: Flags): Promise<RangeFile> {
  const wished = JSON.parse(recipe) as Recipe;
  const enhance = flags['enhance'] !== undefined;
  const percentile = flags['percentile'] === undefined ? 0 : (wished.percentile ?? 0);
  const { octavo } = tool.engines(flags);
  const model = await tool.model(octavo, path);
  const session = tool.host.object<Session>(model.handle);
  const converted = (bytes: Uint8Array, file = '') => taken(session.convertRanges(recipe, bytes, format, percentile, enhance), file);
  if (wished.data_free) return taken(session.rangeFileWithoutSamples(recipe, format));
  if (flags['ranges'] !== undefined) return converted(readBytes(one(flags['ranges'])), one(flags['ranges']));

  const files = picked(tool.findSamples(one(flags['images']), session), wished);
  const bySamples = flags['observer'] === undefined && (flags['percentile'] !== undefined || enhance);
  if (format !== 'mace_log' && !bySamples) {
    const calibration = await model.calibration(wished);
    await calibration.add(files.map((file) => ({ name: file, data: file })), { onProgress: (progress) => tool.progress(progress, flags) });
    tool.noteSkipped(await calibration.skipped());
    return taken(session.rangeFile(tool.host.object<Calibration>(calibration.handle), format));
  }
  const log = await logged(tool, session, recipe, files, flags);
  return format === 'mace_log' ? log : converted(log.bytes);
}

/** Every sample's own ranges: for a log, or to merge them as MACE does. */
async function logged(tool: Tool, session: Session, recipe: string, files: string[], flags: Flags): Promise<RangeFile> {
  const log = taken(session.rangeLog(recipe));
  for (const [i, file] of files.entries()) {
    taken(log.addFile(file, await nodePlatform.readSample(file)));
    tool.progress({ phase: 'calibrate', done: i + 1, total: files.length, name: file }, flags);
  }
  tool.noteSkipped(JSON.parse(log.skipped()));
  return taken(log.file());
}
