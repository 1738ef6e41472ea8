import type { CompareReport, Finding, QuantizeReport } from 'octavo/inline';
import { download, downloadReport, earlier, full, kind, opened, type Result, result, runDemo, wantsPictures, work } from '../state.js';
import { bytes, count, decibels, milliseconds, nats, percent } from './format.js';
import { Gauge } from './Gauge.js';
import { Scroll } from './Scroll.js';
import { Sensitivity } from './Sensitivity.js';
import { Step } from './Step.js';

const worstShown = 8;
const fullScale = 60; // dB: beyond this nothing is seen of the error

export function ResultStep() {
  const current = result.value;
  return (
    <Step number={5} title="Result" place="result" done={current !== null}>
      {current === null ? (
        <p class="muted">
          Size, accuracy and speed before and after, and the file to take away.
          {opened.value === null && (
            <>
              {' '}
              <button class="link" onClick={runDemo} disabled={work.value !== null}>
                See it on the demo
              </button>
            </>
          )}
        </p>
      ) : (
        <div id="result">
          {current.report ? <Tiles report={current.report} /> : <Sizes current={current} />}
          <Earlier now={current} />
          <Findings findings={current.model.report?.findings ?? []} />
          <div class="actions">
            <button id="download" class="primary" onClick={download}>
              Download the {kind} model
            </button>
            {current.report && (
              <button id="download-report" onClick={downloadReport}>
                Download the report
              </button>
            )}
            <span class="muted">
              {bytes(current.bytes.length)}, {contents[full.value.scheme ?? 'static']}
            </span>
          </div>
          <Trials trials={current.model.report?.trials ?? []} />
          <Corrections layers={current.model.report?.corrections ?? []} />
          {current.report ? <Layers report={current.report} /> : <Nodes nodes={current.model.report?.nodes ?? []} />}
          {wantsPictures.value && <Sensitivity />}
          {current.report && <Flips report={current.report} />}
        </div>
      )}
    </Step>
  );
}

const contents = {
  static: 'ONNX with QuantizeLinear pairs',
  dynamic: 'ONNX with integer products, ranges found in every run',
  'weight-only': 'ONNX with integer weights',
  float16: 'ONNX with weights of 16 bits',
};

/** What is known without pictures. */
function Sizes({ current: { model, bytes: file } }: { current: Result }) {
  const before = opened.value?.model.info.bytes ?? 0;
  const nodes = model.report?.nodes ?? [];
  return (
    <div class="tiles">
      <Tile title="Size" before={bytes(before)} after={bytes(file.length)} remark={`${(before / file.length).toFixed(2)} times smaller`} />
      <Tile title="Layers made small" after={`${nodes.filter(({ quantized }) => quantized).length} of ${nodes.length}`} remark="the others stay as they are" />
    </div>
  );
}

/** What leaving layers in float brought. */
function Earlier({ now }: { now: Result }) {
  const before = earlier.value;
  if (!before?.report || !now.report) return null;
  const answers = ({ agreement }: CompareReport) => (agreement === null ? '' : `, the same answer for ${percent(agreement)}`);
  const told = ({ report, bytes: file }: { report: CompareReport; bytes: Uint8Array }) => `${decibels(report.output.sqnr_db)}${answers(report)}, ${bytes(file.length)}`;
  return (
    <p class="note" id="earlier">
      Without these layers in float: {told({ ...before, report: before.report })}. Now: {told({ ...now, report: now.report })}.
    </p>
  );
}

function Nodes({ nodes }: { nodes: QuantizeReport['nodes'] }) {
  return (
    <details id="nodes">
      <summary>What became of each layer</summary>
      <Scroll label="What became of each layer">
        <table>
          <thead>
            <tr>
              <th>Layer</th>
              <th>Operator</th>
              <th>Small</th>
            </tr>
          </thead>
          <tbody>
            {nodes.map(({ name, op, quantized, reason }) => (
              <tr>
                <td>{name}</td>
                <td>{op}</td>
                <td>{quantized ? 'yes' : reason || '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </details>
  );
}

/** Of one code together: the first node and how many more. */
function Findings({ findings }: { findings: Finding[] }) {
  if (findings.length === 0) return null;
  const codes = [...new Set(findings.map(({ code }) => code))].map((code) => findings.filter((finding) => finding.code === code));
  return (
    <details class="note" id="findings" open={findings.some(({ severity }) => severity !== 'note')}>
      <summary>To know before you take it away: {count(codes.length, 'finding')}</summary>
      <ul>
        {codes.map(([first, ...others]) => (
          <li>
            {first?.node && <strong>{first.node}: </strong>}
            {first?.message}
            {others.length > 0 && ` (and ${count(others.length, 'layer')} more)`} → {first?.remedy}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Tiles({ report }: { report: CompareReport }) {
  const { float, quantized, agreement, images, output } = report;
  return (
    <div class="tiles">
      <Tile title="Size" before={bytes(float.bytes)} after={bytes(quantized.bytes)} remark={`${(float.bytes / quantized.bytes).toFixed(2)} times smaller`} />
      {float.top1 !== null && (
        <Tile title="Accuracy" before={percent(float.top1)} after={percent(quantized.top1)} remark={`first answer right, ${count(images, 'picture')}`} />
      )}
      <Tile title="Time a picture" before={milliseconds(float.ms)} after={milliseconds(quantized.ms)} remark={speed(float.ms / quantized.ms)} />
      {agreement === null ? (
        <Tile title="Outputs" after={decibels(output.sqnr_db)} remark={`signal to noise; cosine ${output.cosine.toFixed(5)}`} />
      ) : (
        <Tile title="Same answer" after={percent(agreement)} remark={`of ${count(images, 'picture')}`} />
      )}
    </div>
  );
}

const speed = (ratio: number) => (ratio >= 1 ? `${ratio.toFixed(2)} times faster, here` : `${(1 / ratio).toFixed(2)} times slower, here`);

function Tile({ title, before, after, remark }: { title: string; before?: string; after: string; remark: string }) {
  return (
    <div class="tile">
      <h3>{title}</h3>
      <p class="pair">
        {before && (
          <>
            <span class="before">{before}</span>
            <span class="arrow" aria-label="becomes">
              →
            </span>
          </>
        )}
        <span class="after">{after}</span>
      </p>
      <p class="muted">{remark}</p>
    </div>
  );
}

function Trials({ trials }: { trials: QuantizeReport['trials'] }) {
  if (trials.length < 2) return null;
  const classes = trials.some(({ kl }) => kl !== null);
  return (
    <>
      <h3>What was tried</h3>
      <p class="muted">
        Signal to noise of the model's outputs on your pictures: longer is nearer to the float model.
        {classes && ' What is kept has the least KL divergence of its answers.'}
      </p>
      <Scroll label="What was tried">
        <table id="trials">
          <thead>
            <tr>
              <th>Choice</th>
              <th>Outputs</th>
              {classes && <th>KL</th>}
              <th>Kept</th>
            </tr>
          </thead>
          <tbody>
            {trials.map(({ name, sqnr_db, kl, kept }) => (
              <tr class={kept ? 'kept' : ''}>
                <td>{name}</td>
                <Noise db={sqnr_db} />
                {classes && <td>{kl === null ? '–' : nats(kl)}</td>}
                <td>{kept && 'yes'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

function Corrections({ layers }: { layers: QuantizeReport['corrections'] }) {
  const better = layers.filter((layer) => layer.error_after < layer.error_before);
  if (better.length === 0) return null;
  const shares = better.map(left).sort((a, b) => a - b);
  return (
    <details id="corrections">
      <summary>
        {count(better.length, 'layer was', 'layers were')} corrected; half of them keep {percent(shares[shares.length >> 1] ?? 1)} of their error or less
      </summary>
      <Scroll label="Layers that were corrected">
        <table>
          <thead>
            <tr>
              <th>Layer</th>
              <th class="right">Squared error before</th>
              <th class="right">After</th>
              <th>What is left</th>
            </tr>
          </thead>
          <tbody>
            {better.map((layer) => (
              <tr>
                <td>{layer.name}</td>
                <td class="right">{layer.error_before.toExponential(2)}</td>
                <td class="right">{layer.error_after.toExponential(2)}</td>
                <td class="noise">
                  <Gauge share={left(layer)} rating="good" />
                  <span>{percent(left(layer))}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </details>
  );
}

const left = ({ error_before, error_after }: QuantizeReport['corrections'][0]) => error_after / error_before;

function Layers({ report }: { report: CompareReport }) {
  if (report.layers.length === 0) return null;
  const worst = [...report.layers].sort((a, b) => a.sqnr_db - b.sqnr_db);
  return (
    <>
      <h3>Where it was lost</h3>
      <p class="muted">Signal to noise of each layer's output: longer is better. Alone, and with every layer before it folded too.</p>
      <LayerTable layers={worst.slice(0, worstShown)} />
      <WhatToTry layers={worst} />
      {worst.length > worstShown && (
        <details>
          <summary>All {count(worst.length, 'layer')}, in order</summary>
          <LayerTable layers={report.layers} />
        </details>
      )}
    </>
  );
}

function Flips({ report }: { report: CompareReport }) {
  if (report.flips.length === 0) return null;
  return (
    <details>
      <summary>{count(report.flips.length, 'picture')} with another answer than before</summary>
      <Scroll label="Pictures with another answer">
        <table>
          <thead>
            <tr>
              <th>Picture</th>
              <th>Label</th>
              <th>Float</th>
              <th>int8</th>
            </tr>
          </thead>
          <tbody>
            {report.flips.map(({ name, label, float, quantized }) => (
              <tr>
                <td>{name}</td>
                <td>{label ?? '–'}</td>
                <td>{guess(float)}</td>
                <td>{guess(quantized)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </details>
  );
}

/** A cause once, of the layer that it costs most. */
function WhatToTry({ layers }: { layers: CompareReport['layers'] }) {
  const advised = layers.filter(({ advice }) => advice[0] && advice[0].code !== 'inherited');
  const codes = [...new Set(advised.map(({ advice }) => advice[0]?.code))];
  if (codes.length === 0) return null;
  return (
    <div class="note">
      What to try:
      <ul>
        {codes.map((code) => {
          const [first, ...others] = advised.filter(({ advice }) => advice[0]?.code === code);
          return (
            <li>
              <strong>{first?.name}</strong>: {first?.advice[0]?.text}
              {others.length > 0 && ` (and ${count(others.length, 'layer')} more)`}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

const guess = ({ class: index, confidence }: CompareReport['flips'][0]['float']) => `class ${index}, ${percent(confidence)}`;

function LayerTable({ layers }: { layers: CompareReport['layers'] }) {
  return (
    <Scroll label="Errors of layers">
      <table class="layers">
        <thead>
          <tr>
            <th>Layer</th>
            <th>Operator</th>
            <th>Alone</th>
            <th>With all before it</th>
          </tr>
        </thead>
        <tbody>
          {layers.map((layer) => (
            <tr>
              <td>{layer.name}</td>
              <td>{layer.op}</td>
              <Noise db={layer.sqnr_db} />
              <Noise db={layer.accumulated_sqnr_db} />
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Noise({ db }: { db: number }) {
  return (
    <td class="noise">
      <Gauge share={db / fullScale} rating={db < 10 ? 'bad' : db < 20 ? 'fair' : 'good'} />
      <span>{decibels(db)}</span>
    </td>
  );
}
