import { render } from 'preact';
import { learnChoices } from './state.js';
import { Header } from './views/Header.js';
import { ModelStep } from './views/ModelStep.js';
import { PicturesStep } from './views/PicturesStep.js';
import { QuantizeStep } from './views/QuantizeStep.js';
import { ResultStep } from './views/ResultStep.js';
import { SchemeStep } from './views/SchemeStep.js';

learnChoices();

// A file dropped beside a drop zone must not make the browser leave the page.
for (const type of ['dragover', 'drop']) addEventListener(type, (event) => event.preventDefault());

render(
  <>
    <Header />
    <main>
      <ModelStep />
      <SchemeStep />
      <PicturesStep />
      <QuantizeStep />
      <ResultStep />
    </main>
    <footer>
      <p>Octavo calibrates on your own pictures, in this tab. The int8 file runs in ONNX Runtime and here.</p>
    </footer>
  </>,
  document.getElementById('app') as HTMLElement,
);
