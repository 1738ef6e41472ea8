// Numbers as people read them.
export function bytes(count: number): string {
  return count < 1e6 ? `${(count / 1e3).toFixed(1)} kB` : `${(count / 1e6).toFixed(2)} MB`;
}

export const percent = (share: number | null) => (share === null ? 'not known' : `${(share * 100).toFixed(1)} %`);

export const count = (n: number, one: string, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

export const decibels = (db: number) => `${db.toFixed(1)} dB`;

export const milliseconds = (ms: number) => `${ms < 10 ? ms.toFixed(2) : ms.toFixed(1)} ms`;

export const nats = (kl: number) => `KL ${kl !== 0 && kl < 1e-4 ? kl.toExponential(1) : Number(kl.toPrecision(3))}`;
