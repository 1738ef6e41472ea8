import { cancel, type Place, type Work, work } from '../state.js';

const phases: Record<Work['phase'], [verb: string, unit: string]> = {
  calibrate: ['Calibrating', 'pictures'], load: ['Looking again', 'pictures'], try: ['Trying ranges', 'choices'],
  choose: ['Choosing ranges', 'layers'], rank: ['Ranking layers', 'layers'], search: ['Searching', 'trials'],
  remake: ['Folding again', 'steps'], measure: ['Measuring layers', 'steps'], fold: ['Folding', ''],
  correct: ['Correcting layers', 'steps'], compare: ['Comparing', 'pictures'], time: ['Timing', 'pictures'], check: ['Checking', 'pictures'],
};

const telling = ['try', 'choose', 'correct']; // names of pictures pass too fast to be read

/** How far the work is that was asked for at this place, and the way to stop it. */
export function Working({ place }: { place: Place }) {
  if (work.value?.place !== place) return null;
  const { phase, done, total, name } = work.value;
  const [verb, unit] = phases[phase];
  const label = total > 0 ? `${verb}: ${done} of ${total} ${unit}` : verb;
  return (
    <div class="actions">
      <div class="bar">
        <progress id="progress" {...(total > 0 && { max: total, value: done })} aria-label={label} />
        <span>
          {label} {telling.includes(phase) && <span class="muted" id="progress-name">{name}</span>}
        </span>
      </div>
      {phase !== 'fold' && (
        <button id="cancel" onClick={cancel}>
          Cancel
        </button>
      )}
    </div>
  );
}
