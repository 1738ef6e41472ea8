import type { ModelInfo, ValueInfo } from 'octavo/inline';
import { opened, openModel } from '../state.js';
import { DropZone } from './DropZone.js';
import { bytes, count } from './format.js';
import { Scroll } from './Scroll.js';
import { Step } from './Step.js';

export function ModelStep() {
  const current = opened.value;
  return (
    <Step number={1} title="Model" place="model" done={current !== null}>
      {current && <Card name={current.name} info={current.model.info} />}
      <DropZone
        id="model"
        label={current ? 'Choose another model' : 'Choose a model'}
        hint={current ? 'or drop one here' : 'Drop a float .onnx file here; external data files beside it, too.'}
        onFiles={openModel}
      />
    </Step>
  );
}

function Card({ name, info }: { name: string; info: ModelInfo }) {
  return (
    <div class="card" id="model-card">
      <h3>{name}</h3>
      <dl class="facts">
        <Fact term="Size" text={`${bytes(info.bytes)}, ${count(info.parameters, 'parameter')}`} />
        <Fact term="Format" text={`${info.format.toUpperCase()}, opset ${info.opset}`} />
        <Fact term="Input" text={info.inputs.map(value).join('; ')} />
        <Fact term="Output" text={info.outputs.map(value).join('; ')} />
        <Fact term="Layers" text={info.is_quantized ? `${info.quantized} of ${info.nodes} in int8` : `${info.quantizable} of ${info.nodes} can become int8`} />
      </dl>
      {info.unsupported.length > 0 && (
        <p class="problem" role="status">
          {count(info.unsupported.length, 'layer has an operator', 'layers have operators')} that do not run here:{' '}
          {info.unsupported.slice(0, 5).map(({ name: node, op }) => `${op} (${node})`).join(', ')}
          {info.unsupported.length > 5 && ', …'}
        </p>
      )}
      {info.warnings.map((warning) => (
        <p class="note">{warning}</p>
      ))}
      <details>
        <summary>All {count(info.nodes, 'layer')}</summary>
        <Scroll label="All layers">
          <table>
            <thead>
              <tr>
                <th>Layer</th>
                <th>Operator</th>
                <th>Output</th>
                <th class="right">Parameters</th>
                <th>int8</th>
              </tr>
            </thead>
            <tbody>
              {info.layers.map((layer) => (
                <tr class={layer.supported ? '' : 'foreign'}>
                  <td>{layer.name}</td>
                  <td>{layer.op}</td>
                  <td>{layer.shape}</td>
                  <td class="right">{layer.parameters > 0 ? layer.parameters.toLocaleString('en') : ''}</td>
                  <td>{layer.quantizable || layer.quantized ? 'yes' : layer.reason || '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </details>
    </div>
  );
}

const value = ({ name, dtype, shape }: ValueInfo) => `${name} ${dtype} ${shape}`;

function Fact({ term, text }: { term: string; text: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{text}</dd>
    </div>
  );
}
