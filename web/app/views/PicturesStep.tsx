import type { Picture, Recipe } from 'octavo/inline';
import { changeRecipe, checked, checkPreprocessing, opened, pictures, recipe, seen, skipped, takePictures, tests, wantsPictures, work } from '../state.js';
import { DropZone } from './DropZone.js';
import { count, percent } from './format.js';
import { Step } from './Step.js';
import { Working } from './Working.js';

const presets = [
  ['tf', 'x / 127.5 − 1 (TensorFlow, Keras)'],
  ['imagenet', 'ImageNet mean and deviation (PyTorch)'],
  ['caffe', 'BGR minus 104, 117, 123 (Caffe)'],
  ['unit', 'x / 255'],
  ['raw', '0 to 255 as it is'],
] as const;

export function PicturesStep() {
  const chosen = pictures.value;
  const labelled = [...chosen, ...tests.value].filter(({ label }) => label !== undefined).length;
  return (
    <Step number={3} title="Pictures" place="pictures" done={chosen.length > 0 || !wantsPictures.value}>
      {chosen.length > 0 && (
        <p class="summary" id="pictures-summary">
          {count(chosen.length, 'picture')}
          {tests.value.length > 0 && `, and ${tests.value.length} others to judge by`}
          {labelled > 0 && `; ${labelled} with labels`}
        </p>
      )}
      <SkippedList />
      {wantsPictures.value || chosen.length > 0 ? (
        <Choose hint={chosen.length > 0 ? 'or drop others here' : 'Drop 50 to 500 pictures like those the network will see. A labels.txt among them gives accuracy.'} />
      ) : (
        <details id="no-pictures">
          <summary>None are needed</summary>
          <Choose hint="Those that you drop here are compared on: how often both models give the same answer, how fast they are, and what each layer loses." />
        </details>
      )}
      {opened.value && chosen.length > 0 && (
        <>
          <Preprocess />
          {labelled > 0 && <Check labelled={labelled} />}
          {seen.value.length > 0 && (
            <figure class="seen">
              <figcaption>What the network sees</figcaption>
              <div class="strip">
                {seen.value.map((picture) => (
                  <Canvas picture={picture} bgr={usesBgr(recipe.value)} />
                ))}
              </div>
            </figure>
          )}
        </>
      )}
    </Step>
  );
}

function Choose({ hint }: { hint: string }) {
  return <DropZone id="pictures" label="Choose pictures" hint={hint} folder onFiles={takePictures} />;
}

function Check({ labelled }: { labelled: number }) {
  const report = checked.value;
  const best = report === null || report.clearly_better === null ? undefined : report.scores[report.clearly_better];
  const given = report?.scores[report.given];
  if (work.value?.place === 'pictures') return <Working place="pictures" />;
  return (
    <div class="actions" id="check-result">
      <button id="check" onClick={checkPreprocessing} disabled={work.value !== null}>
        Check it on {Math.min(labelled, 100)} pictures with labels
      </button>
      {report !== null && best === undefined && <span role="status">No usual preprocessing is clearly better: {percent(given?.top1 ?? null)} right.</span>}
      {best !== undefined && (
        <span role="status" class="problem">
          With “{best.name}” the float model is right on {percent(best.top1)}, with yours on {percent(given?.top1 ?? null)}.{' '}
          <button class="link" id="use-better" onClick={() => changeRecipe({ color: best.color, mean: best.mean, norm: best.norm })}>
            Use it
          </button>
        </span>
      )}
    </div>
  );
}

function SkippedList() {
  const list = skipped.value;
  if (list.length === 0) return null;
  return (
    <details class="note" id="skipped">
      <summary>{count(list.length, 'file was', 'files were')} skipped</summary>
      <ul>
        {list.map(({ name, reason }) => (
          <li>
            <strong>{name}</strong>: {reason}
          </li>
        ))}
      </ul>
    </details>
  );
}

const usesBgr = ({ color, preprocess }: Recipe) => color === 'bgr' || (color === undefined && preprocess === 'caffe');

/** Numbers of a text field; undefined where it is empty. */
function numbers(text: string): number[] | undefined {
  const parts = text.split(/[\s,x×]+/).filter((part) => part !== '').map(Number);
  return parts.length > 0 && parts.every(Number.isFinite) ? parts : undefined;
}

function sizeText(size: number | [number, number] | undefined): string {
  return size === undefined ? '' : typeof size === 'number' ? String(size) : size.join(' × ');
}

const pair = (parts: number[] | undefined) => (parts?.length === 2 ? (parts as [number, number]) : undefined);

function Preprocess() {
  const now = recipe.value;
  const text = (event: Event) => (event.currentTarget as HTMLInputElement).value;
  return (
    <fieldset class="form">
      <legend>Preprocessing, as the network was trained</legend>
      <label class="wide">
        Values
        <select id="preprocess" value={now.preprocess ?? 'raw'} onChange={(e) => changeRecipe({ preprocess: text(e) as NonNullable<Recipe['preprocess']> })}>
          {presets.map(([name, words]) => (
            <option value={name}>{words}</option>
          ))}
        </select>
      </label>
      <label>
        Colour order
        <select id="color" value={now.color ?? ''} onChange={(e) => changeRecipe({ color: (text(e) || undefined) as Recipe['color'] })}>
          <option value="">as the values say</option>
          <option value="rgb">RGB</option>
          <option value="bgr">BGR</option>
          <option value="gray">grey</option>
          <option value="rgba">RGBA</option>
        </select>
      </label>
      <label>
        Resize
        <input
          id="resize"
          placeholder="automatic"
          value={sizeText(now.resize)}
          onChange={(e) => {
            const parts = numbers(text(e));
            changeRecipe({ resize: parts?.length === 1 ? parts[0] : pair(parts) });
          }}
        />
      </label>
      <label>
        Crop
        <input id="crop" placeholder="automatic" value={sizeText(now.crop)} onChange={(e) => changeRecipe({ crop: pair(numbers(text(e))) })} />
      </label>
      <label>
        Mean
        <input id="mean" placeholder="as above" value={[now.mean ?? []].flat().join(', ')} onChange={(e) => changeRecipe({ mean: numbers(text(e)) })} />
      </label>
      <label>
        Norm
        <input id="norm" placeholder="as above" value={[now.norm ?? []].flat().join(', ')} onChange={(e) => changeRecipe({ norm: numbers(text(e)) })} />
      </label>
      <label class="check">
        <input id="exif" type="checkbox" checked={now.exif ?? false} onChange={(e) => changeRecipe({ exif: (e.currentTarget as HTMLInputElement).checked })} />
        turn as the camera says
      </label>
    </fieldset>
  );
}

/** The pixels of a picture, enlarged without smoothing. */
function Canvas({ picture, bgr }: { picture: Picture; bgr: boolean }) {
  const draw = (canvas: HTMLCanvasElement | null) => canvas?.getContext('2d')?.putImageData(imageData(picture, bgr), 0, 0);
  return <canvas ref={draw} width={picture.width} height={picture.height} aria-label={`${picture.width} by ${picture.height} pixels`} role="img" />;
}

function imageData({ width, height, channels, data }: Picture, bgr: boolean): ImageData {
  const out = new ImageData(width, height);
  const [red, green, blue] = channels === 1 ? [0, 0, 0] : bgr ? [2, 1, 0] : [0, 1, 2];
  for (let i = 0; i < width * height; ++i) {
    const at = i * channels;
    out.data.set([data[at + red!] ?? 0, data[at + green!] ?? 0, data[at + blue!] ?? 0, 255], i * 4);
  }
  return out;
}
