import type { ComponentChildren } from 'preact';
import { type Place, problem } from '../state.js';

interface StepProps {
  number: number;
  title: string;
  place: Place;
  done?: boolean;
  children: ComponentChildren;
}

/** A numbered section, with what went wrong in it. */
export function Step({ number, title, place, done = false, children }: StepProps) {
  const error = problem.value?.place === place ? problem.value.error : null;
  return (
    <section class={done ? 'step done' : 'step'} aria-labelledby={`step-${number}`}>
      <h2 id={`step-${number}`}>
        <span class="number" aria-hidden="true">
          {number}
        </span>
        {title}
      </h2>
      {error && (
        <p class="problem" role="alert">
          {error.where && <strong>{error.where}: </strong>}
          {error.message} <code>{error.code}</code>
        </p>
      )}
      {children}
    </section>
  );
}
