// Compiled, never run: what an npm user's TypeScript sees.
import { createOctavo, OctavoError, type CompareReport, type Recipe } from 'octavo';
import { createOctavo as createInline } from 'octavo/inline';

export async function fold(model: Blob, pictures: File[], signal: AbortSignal): Promise<{ file: Uint8Array; report: CompareReport }> {
  const octavo = await createOctavo();
  try {
    const recipe: Recipe = { preprocess: 'imagenet', limit: 100, crop: [224, 224] };
    const float = await octavo.open(model, { signal });
    const calibration = await float.calibrate(pictures, recipe, { signal, onProgress: ({ done, total }) => console.log(done / total) });
    const int8 = await float.quantize(calibration);
    return { file: await int8.save(), report: await float.compare(int8, pictures, recipe) };
  } catch (error) {
    if (error instanceof OctavoError) console.error(error.code, error.where);
    throw error;
  } finally {
    octavo.dispose();
  }
}

export const inline: Promise<unknown> = createInline();
