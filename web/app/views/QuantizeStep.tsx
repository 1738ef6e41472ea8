import type { Choice, Recipe } from 'octavo/inline';
import { changeRecipe, choices, choosePreset, full, opened, paused, plan, ready, recipe, start, wantsPictures, work } from '../state.js';
import { Step } from './Step.js';
import { Working } from './Working.js';

export function QuantizeStep() {
  return (
    <Step number={4} title="Fold" place="work">
      {full.value.scheme === 'static' && wantsPictures.value && <Presets />}
      <Details />
      {plan.value && ready.value && <pre class="plan" tabIndex={0} role="region" aria-label="The recipe">{plan.value}</pre>}
      {work.value?.place === 'work' ? (
        <Working place="work" />
      ) : (
        <div class="actions">
          <button id="start" class="primary" disabled={!ready.value || opened.value?.model.info.is_quantized} onClick={start}>
            {paused.value ? `Resume at ${paused.value.done} of ${paused.value.total}` : wantsPictures.value ? 'Calibrate and fold' : 'Fold'}
          </button>
        </div>
      )}
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

/** What the preset and the scheme say, to be changed one by one. */
function Details() {
  const now = full.value;
  return (
    <details id="details">
      <summary>Change it in detail</summary>
      <fieldset class="form" disabled={work.value !== null}>
        {now.scheme === 'static' && <StaticDetails now={now} />}
        {now.scheme !== 'float16' && (
          <label>
            Weights
            <select id="weights" value={now.weights} onChange={(e) => changeRecipe({ weights: e.currentTarget.value as Recipe['weights'] })}>
              <option value="per-channel">one scale a channel</option>
              <option value="per-tensor">one scale a layer</option>
            </select>
          </label>
        )}
        <label class="wide">
          Layers to leave in float
          <input id="exclude" placeholder="none; names or patterns: conv1, block2/*" value={(now.exclude ?? []).join(', ')} onChange={(e) => changeRecipe({ exclude: words(e.currentTarget.value) })} />
        </label>
        {now.scheme === 'static' && <Corrections now={now} />}
      </fieldset>
    </details>
  );
}

const words = (text: string) => text.split(',').map((word) => word.trim()).filter((word) => word !== '');

function StaticDetails({ now }: { now: Recipe }) {
  return (
    <>
      <label>
        Calibrate on, at most
        <input id="limit" type="number" min="0" value={now.limit || ''} placeholder="all" onChange={(e) => changeRecipe({ limit: Math.max(0, Math.floor(Number(e.currentTarget.value))) })} />
      </label>
      <label>
        Activations
        <select id="activations" value={now.activations} onChange={(e) => changeRecipe({ activations: e.currentTarget.value as Recipe['activations'] })}>
          <option value="uint8">uint8</option>
          <option value="int8">int8</option>
          <option value="int16">int16, multiplied in float</option>
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
    </>
  );
}

function Corrections({ now }: { now: Recipe }) {
  const all = choices.value?.corrections ?? [];
  const chosen: string[] = now.corrections ?? [];
  const correct = (name: string, wanted: boolean) => {
    const names = all.map((known) => known.name).filter((known) => (known === name ? wanted : chosen.includes(known)));
    changeRecipe({ corrections: names as Recipe['corrections'] });
  };
  return (
    <>
      {all.map(({ name, description }) => (
        <label class="check all">
          <input type="checkbox" name="correction" value={name} checked={chosen.includes(name)} onChange={(e) => correct(name, e.currentTarget.checked)} />
          <span>
            <b>{name}</b>: {description}
          </span>
        </label>
      ))}
    </>
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
