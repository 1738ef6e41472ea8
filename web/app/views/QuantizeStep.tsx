import type { Choice, Recipe } from 'octavo/inline';
import { cancel, changeRecipe, choices, choosePreset, full, opened, paused, plan, ready, recipe, start, work } from '../state.js';
import { Step } from './Step.js';

const phases = {
  calibrate: ['Calibrating', 'pictures'], load: ['Looking again', 'pictures'], try: ['Trying ranges', 'choices'],
  choose: ['Choosing ranges', 'layers'], rank: ['Ranking layers', 'layers'], search: ['Searching', 'trials'],
  remake: ['Folding again', 'steps'], measure: ['Measuring layers', 'layers'],
  correct: ['Correcting layers', 'steps'], compare: ['Comparing', 'pictures'], time: ['Timing', 'pictures'], check: ['Checking', 'pictures'],
} as const;

export function QuantizeStep() {
  return (
    <Step number={3} title="Fold" place="work">
      <Presets />
      <Details />
      {plan.value && ready.value && <pre class="plan" tabIndex={0} role="region" aria-label="The recipe">{plan.value}</pre>}
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

function Presets() {
  return (
    <fieldset class="presets" disabled={work.value !== null}>
      <legend>How</legend>
      {choices.value?.preset.map(({ name, description }) => (
        <label class="preset">
          <input type="radio" name="preset" value={name} checked={recipe.value.preset === name} onChange={() => choosePreset(name)} />
          <b>{name}</b>
          <span>{description}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** What the preset says, to be changed one by one. */
function Details() {
  const now = full.value;
  const text = (event: Event) => (event.currentTarget as HTMLSelectElement).value;
  const corrections: string[] = now.corrections ?? [];
  const correct = (name: string, wanted: boolean) => {
    const all = choices.value?.corrections.map((known) => known.name) ?? [];
    changeRecipe({ corrections: all.filter((known) => (known === name ? wanted : corrections.includes(known))) as Recipe['corrections'] });
  };
  return (
    <details id="details">
      <summary>Change it in detail</summary>
      <fieldset class="form" disabled={work.value !== null}>
        <label>
          Calibrate on, at most
          <input id="limit" type="number" min="0" value={now.limit || ''} placeholder="all" onChange={(e) => changeRecipe({ limit: Math.max(0, Math.floor(Number(text(e)))) })} />
        </label>
        <label>
          Weights
          <select id="weights" value={now.weights} onChange={(e) => changeRecipe({ weights: text(e) as Recipe['weights'] })}>
            <option value="per-channel">one scale a channel</option>
            <option value="per-tensor">one scale a layer</option>
          </select>
        </label>
        <label>
          Activations
          <select id="activations" value={now.activations} onChange={(e) => changeRecipe({ activations: text(e) as Recipe['activations'] })}>
            <option value="uint8">uint8</option>
            <option value="int8">int8</option>
          </select>
        </label>
        <label class="wide">
          Ranges of activations
          <Select id="observer" of={choices.value?.observer} value={now.observer} onChange={(name) => changeRecipe({ observer: name as Recipe['observer'] })} />
        </label>
        <label class="wide">
          Scales of weights
          <Select id="weight-method" of={choices.value?.weight_method} value={now.weight_method} onChange={(name) => changeRecipe({ weight_method: name as Recipe['weight_method'] })} />
        </label>
        {choices.value?.corrections.map(({ name, description }) => (
          <label class="check all">
            <input type="checkbox" name="correction" value={name} checked={corrections.includes(name)} onChange={(e) => correct(name, (e.currentTarget as HTMLInputElement).checked)} />
            <span>
              <b>{name}</b>: {description}
            </span>
          </label>
        ))}
      </fieldset>
    </details>
  );
}

interface SelectProps {
  id: string;
  of: Choice[] | undefined;
  value: string | undefined;
  onChange: (name: string) => void;
}

/** Names that the engine knows, with its words for them. */
function Select({ id, of, value, onChange }: SelectProps) {
  return (
    <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      {of?.map(({ name, description }) => (
        <option value={name}>
          {name}: {description}
        </option>
      ))}
    </select>
  );
}

function Bar() {
  const { phase, done, total, name } = work.value ?? { phase: 'calibrate' as const, done: 0, total: 1, name: '' };
  const [verb, unit] = phases[phase];
  const label = `${verb}: ${done} of ${total} ${unit}`;
  const tells = ['try', 'choose', 'correct'].includes(phase); // names of pictures pass too fast to be read
  return (
    <div class="bar">
      <progress id="progress" max={total} value={done} aria-label={label} />
      <span>
        {label} {tells && <span class="muted" id="progress-name">{name}</span>}
      </span>
    </div>
  );
}
