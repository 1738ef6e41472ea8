import { opened, runDemo, work } from '../state.js';

export function Header() {
  return (
    <header>
      <div class="brand">
        <Mark />
        <div>
          <h1>Octavo</h1>
          <p class="tagline">Fold a neural network to eight bits, in this tab.</p>
        </div>
      </div>
      <p class="private" title="The page's content security policy forbids every connection (connect-src 'none'), in its worker too.">
        <span class="dot" /> Your files never leave this tab
      </p>
      {opened.value === null && (
        <p class="lead">
          Drop a float model and some of your pictures. Octavo watches the network look at them, folds it to int8, shows what was
          lost, and hands you the smaller file.{' '}
          <button class="link" id="demo" onClick={runDemo} disabled={work.value !== null}>
            Or try the demo
          </button>
        </p>
      )}
    </header>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" class="mark" aria-hidden="true">
      <path d="M4 5h14l10 7v15H4z" class="sheet" />
      <path d="M18 5l10 7H18z" class="corner" />
      <path d="M4 16h24M16 12v15" class="fold" />
    </svg>
  );
}
