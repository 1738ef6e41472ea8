// A model as large as one likes: x (1, side) times `layers` matrices of floats, one after the other.
import { closeSync, openSync, writeSync } from 'node:fs';

const varint = (value) => {
  const bytes = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Buffer.from([...bytes, value]);
};
export const number = (field, value) => Buffer.concat([varint(field * 8), varint(value)]);
const head = (field, size) => Buffer.concat([varint(field * 8 + 2), varint(size)]);
export const part = (field, ...pieces) => {
  const bytes = Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
  return Buffer.concat([head(field, bytes.length), bytes]);
};

/** Writes it to `path`; says how many bytes its weights have. */
export function modelOfProducts(path, layers, side) {
  const name = (i) => (i === 0 ? 'x' : i === layers ? 'y' : `m${i}`);
  const type = part(2, part(1, number(1, 1), part(2, part(1, number(1, 1)), part(1, number(1, side)))));
  const value = (field, which) => part(field, part(1, which), type);
  const size = 4 * side * side;
  const data = Buffer.from(Float32Array.from({ length: side * side }, (_, i) => (((i * 7919) % 1001) - 500) / 500 / side).buffer);
  const nodes = Array.from({ length: layers }, (_, i) => part(1, part(1, name(i)), part(1, `w${i}`), part(2, name(i + 1)), part(4, 'MatMul')));
  // Of each weight all but its data, which follows.
  const weights = Array.from({ length: layers }, (_, i) => {
    const tensor = Buffer.concat([number(1, side), number(1, side), number(2, 1), part(8, `w${i}`), head(9, size)]);
    return Buffer.concat([head(5, tensor.length + size), tensor]);
  });
  const rest = Buffer.concat([...nodes, value(11, 'x'), value(12, 'y')]);
  const graph = rest.length + weights.reduce((sum, { length }) => sum + length + size, 0);
  const file = openSync(path, 'w');
  writeSync(file, Buffer.concat([number(1, 8), part(8, part(1, ''), number(2, 13)), head(7, graph), rest]));
  for (const weight of weights) {
    writeSync(file, weight);
    writeSync(file, data);
  }
  closeSync(file);
  return layers * size;
}
