import type { Recipe } from 'octavo/inline';
import { cancel, changeRecipe, opened, paused, plan, ready, recipe, start, work } from '../state.js';
import { Step } from './Step.js';

const phases = {
  calibrate: ['Calibrating', 'pictures'], load: ['Looking again', 'pictures'], try: ['Trying ranges', 'choices'],
  correct: ['Correcting layers', 'steps'], compare: ['Comparing', 'pictures'], time: ['Timing', 'pictures'], check: ['Checking', 'pictures'],
} as const;

export function QuantizeStep() {
  const now = recipe.value;
  const text = (event: Event) => (event.currentTarget as HTMLSelectElement).value;
  return (
    <Step number={3} title="Fold" place="work">
      <fieldset class="form" disabled={work.value !== null}>
        <legend>How</legend>
        <label>
          Weights
          <select id="weights" value={now.weights ?? 'per-channel'} onChange={(e) => changeRecipe({ weights: text(e) as Recipe['weights'] })}>
            <option value="per-channel">one scale a channel</option>
            <option value="per-tensor">one scale a layer</option>
          </select>
        </label>
        <label>
          Activations
          <select id="activations" value={now.activations ?? 'uint8'} onChange={(e) => changeRecipe({ activations: text(e) as Recipe['activations'] })}>
            <option value="uint8">uint8</option>
            <option value="int8">int8</option>
          </select>
        </label>
        <label>
          Ranges
          <select id="observer" value={now.observer ?? 'min_max'} onChange={(e) => changeRecipe({ observer: text(e) as Recipe['observer'] })}>
            <option value="min_max">smallest to largest</option>
            <option value="moving_average">moving average</option>
            <option value="mse">least squared error</option>
            <option value="percentile">99.99 % of the values</option>
            <option value="kl_ncnn">KL, as ncnn</option>
            <option value="kl_mnn">KL, as MNN</option>
            <option value="kl_onnxruntime">entropy, as ONNX Runtime</option>
            <option value="aciq">ACIQ, as ncnn</option>
            <option value="admm">ADMM, as MNN</option>
            <option value="cosine">largest cosine, as ncnn's EQ</option>
          </select>
        </label>
        <label>
          Calibrate on, at most
          <input id="limit" type="number" min="0" value={now.limit || ''} placeholder="all" onChange={(e) => changeRecipe({ limit: Math.max(0, Math.floor(Number(text(e)))) })} />
        </label>
      </fieldset>
      {plan.value && ready.value && <pre class="plan">{plan.value}</pre>}
      <div class="actions">
        {work.value ? (
          <>
            <Bar />
            <button id="cancel" onClick={cancel}>
              Cancel
            </button>
          </>
        ) : (
          <button id="start" class="primary" disabled={!ready.value || opened.value?.model.info.is_quantized} onClick={start}>
            {paused.value ? `Resume at ${paused.value.done} of ${paused.value.total}` : 'Calibrate and fold'}
          </button>
        )}
      </div>
    </Step>
  );
}

function Bar() {
  const { phase, done, total } = work.value ?? { phase: 'calibrate' as const, done: 0, total: 1 };
  const [verb, unit] = phases[phase];
  const label = `${verb}: ${done} of ${total} ${unit}`;
  return (
    <div class="bar">
      <progress id="progress" max={total} value={done} aria-label={label} />
      <span>{label}</span>
    </div>
  );
}
