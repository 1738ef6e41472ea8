// How everything is timed, in Node and in the pages. Times are in milliseconds; a turn is a function
// of how many runs it makes in a row, and gives the time of each.

export const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * q)];
export const median = (values) => quantile(values, 0.5);
const sum = (values) => values.reduce((a, b) => a + b, 0);

/** The turn of something that runs here. */
export const turnOf = (run) => async (runs) => {
  const times = [];
  for (; runs > 0; --runs) {
    const begin = performance.now();
    await run();
    times.push(performance.now() - begin);
  }
  return times;
};

/**
 * { name: turn } -> { name: [ms] }. Every round gives each its turn, of which the first run warms up
 * and does not count, so that all see the same machine: ratios count, not times. What is quick runs
 * more often in a turn; before the rounds each runs until engines have compiled what runs often.
 */
export async function takeTurns(turns, { rounds, warmUp = 300, length = 20, most = 30 }) {
  const times = {}, runs = {};
  for (const [name, turn] of Object.entries(turns)) {
    let last = await turn(2);
    for (let spent = sum(last); spent < warmUp; spent += sum(last)) last = await turn(4);
    runs[name] = 1 + Math.max(3, Math.min(most, Math.ceil(length / median(last))));
    times[name] = [];
  }
  for (; rounds > 0; --rounds) {
    for (const [name, turn] of Object.entries(turns)) times[name].push(...(await turn(runs[name])).slice(1));
  }
  return times;
}

/** The data of an input of subjects.mjs. */
export const typed = ({ dtype, values }) => (dtype === 'int64' ? BigInt64Array.from(values, BigInt) : Float32Array.from(values));
