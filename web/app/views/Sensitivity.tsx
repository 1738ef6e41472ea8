import type { SensitivityReport, Verdict } from 'octavo/inline';
import { keepPicked, measureSensitivity, pick, picked, sensitivity, work } from '../state.js';
import { bytes, count, decibels, nats, percent } from './format.js';
import { Scroll } from './Scroll.js';
import { Working } from './Working.js';

type Layer = SensitivityReport['layers'][0];

/** Which layers the loss comes from, and the way to leave some of them in float. */
export function Sensitivity() {
  const found = sensitivity.value;
  return (
    <div class="card" id="sensitivity">
      <h3>Which layers lose most?</h3>
      {found === null ? (
        <>
          <p class="muted">Each layer alone is left in float, and each alone quantized, on up to 64 of your pictures.</p>
          {work.value?.place === 'result' ? <Working place="result" /> : (
            <div class="actions">
              <button id="measure" onClick={measureSensitivity} disabled={work.value !== null}>
                Measure it
              </button>
            </div>
          )}
        </>
      ) : (
        <Found found={found} />
      )}
    </div>
  );
}

function Found({ found: { images, quantized, layers } }: { found: SensitivityReport }) {
  const worst = [...layers].sort((a, b) => (b.loss_saved ?? 0) - (a.loss_saved ?? 0));
  const longest = Math.max(...layers.flatMap(({ loss_saved, loss_made }) => [loss_saved ?? 0, loss_made ?? 0]), 0.01);
  const total = layers.reduce((sum, { macs }) => sum + macs, 0);
  const chosen = layers.filter(({ name }) => picked.value.includes(name));
  const work = chosen.reduce((sum, { macs }) => sum + macs, 0) / (total || 1);
  return (
    <>
      <p class="muted">
        On {count(images, 'picture')}, with the first ranges and no corrections, all layers in int8 leave the outputs at {signal(quantized)}
        {quantized.kl !== null && `, ${nats(quantized.kl)}`}. {stands(picked.value.length)}
      </p>
      <p class="keys">
        <span><i class="saved" /> goes away when it alone is left in float</span>
        <span><i class="made" /> comes when it alone is int8</span>
      </p>
      <Scroll label="Which layers lose most">
        <table id="sensitivity-layers">
          <thead>
            <tr>
              <th>In float</th>
              <th>Share of the loss</th>
              <th>Alone in float</th>
              <th>Alone in int8</th>
              <th>Work, weights</th>
            </tr>
          </thead>
          <tbody>
            {worst.map((layer) => (
              <Row layer={layer} longest={longest} total={total} />
            ))}
          </tbody>
        </table>
      </Scroll>
      <div class="actions">
        <button id="keep" class="primary" disabled={chosen.length === 0} onClick={keepPicked}>
          Leave {count(chosen.length, 'layer')} in float and fold again
        </button>
        <span class="muted">{percent(work)} of the multiply-adds</span>
      </div>
    </>
  );
}

const stands = (layers: number) => (layers === 0 ? 'No layer stands out that is cheap.' : 'Layers that stand out and are cheap are ticked.');

function Row({ layer, longest, total }: { layer: Layer; longest: number; total: number }) {
  const { name, op, loss_saved: saved, loss_made: made, left_in_float: left, alone, macs } = layer;
  return (
    <tr>
      <td>
        <label class="pick">
          <input type="checkbox" name="float" value={name} checked={picked.value.includes(name)} onChange={(e) => pick(name, e.currentTarget.checked)} />
          <span>
            {name} <span class="muted">{op}</span>
          </span>
        </label>
      </td>
      <td>
        {percent(saved ?? 0).replace('-', '−')}
        <span class="shares" aria-hidden="true">
          <i class="saved" style={{ width: width(saved, longest) }} />
          <i class="made" style={{ width: width(made, longest) }} />
        </span>
      </td>
      <Two of={[signal(left), left.kl === null ? '' : nats(left.kl)]} />
      <Two of={alone === null ? ['–', ''] : [signal(alone), alone.kl === null ? '' : nats(alone.kl)]} />
      <Two of={[total > 0 ? percent(macs / total) : '–', bytes(layer.weight_bytes)]} />
    </tr>
  );
}

const width = (share: number | null, longest: number) => `${(Math.max(share ?? 0, 0) / longest) * 100}%`;
const signal = ({ sqnr_db }: Verdict) => (sqnr_db === null ? 'exact' : decibels(sqnr_db));

function Two({ of: [first, second] }: { of: [string, string] }) {
  return (
    <td>
      {first}
      <br />
      <span class="muted">{second}</span>
    </td>
  );
}
