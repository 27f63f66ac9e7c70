import assert from 'node:assert/strict';
import { test } from 'node:test';

const { align, decode, group, limits, logTicks, smooth } = await import('../static/curve.js');

test('columns become places and values', () => {
  assert.deepEqual(decode({ x0: 10, unit: 0.5, dx: [0, 2, 4], m: [25, null, 3], e: [-2, 0, 2] }), { x: [10, 11, 13], y: [0.25, null, 300] });
});

test('smoothing weighs by the axis, not by the number of points', () => {
  const few = { x: [0, 50, 100], y: [0, 10, 10] };
  const many = { x: [0, ...Array.from({ length: 101 }, (_, i) => 50 + i / 2)], y: [0, ...Array(101).fill(10)] };
  const a = smooth(few.x, few.y, 0.98);
  const b = smooth(many.x, many.y, 0.98);
  assert.equal(a[0], 0);
  assert.ok(a[1] > 0 && a[1] < 10);
  assert.ok(Math.abs(a.at(-1) - b.at(-1)) < 1, `${a.at(-1)} and ${b.at(-1)}`);
});

test('smoothing keeps constants, gaps and single points', () => {
  assert.deepEqual(smooth([0, 1, 2], [3, null, 3], 0.9), [3, null, 3]);
  assert.deepEqual(smooth([7], [5], 0.99), [5]);
  assert.deepEqual(smooth([], [], 0.5), []);
  assert.deepEqual(smooth([0, 1], [1, 2], 0), [1, 2]);
});

test('series are put on one axis', () => {
  const [x, a, b] = align([{ x: [0, 2], y: [1, 2] }, { x: [1, 2], y: [5, null] }]);
  assert.deepEqual([...x], [0, 1, 2]);
  assert.deepEqual([a[0], a[1], a[2]], [1, undefined, 2]);
  assert.deepEqual([b[0], b[1], b[2]], [undefined, 5, null]);
});

test('an axis has no more places than can be seen', () => {
  const series = Array.from({ length: 10 }, (_, k) => ({ x: Array.from({ length: 1000 }, (_, i) => i + k / 10), y: Array(1000).fill(k) }));
  const [x, ...columns] = align(series);
  assert.equal(x.length, 2048);
  for (const c of columns) assert.ok(c.filter((v) => v !== undefined).length > 900);
});

test('a group is the mean with one standard deviation', () => {
  const g = group([{ x: [0, 2], y: [1, 3] }, { x: [0, 1, 2], y: [3, 4, 5] }]);
  assert.deepEqual(g.x, [0, 1, 2]);
  assert.deepEqual(g.mean, [2, 3, 4]);
  assert.ok(Math.abs(g.high[0] - (2 + Math.SQRT2)) < 1e-12 && Math.abs(g.low[0] - (2 - Math.SQRT2)) < 1e-12);
  const alone = group([{ x: [0, 1], y: [1, null] }]);
  assert.deepEqual([alone.mean, alone.low], [[1, null], [1, null]]);
});

test('limits leave room, outliers and what a logarithm has no place for', () => {
  assert.deepEqual(limits([[0, 10, null, undefined]], {}), [-0.5, 10.5]);
  assert.deepEqual(limits([[3]], {}), [2.85, 3.15]);
  assert.deepEqual(limits([[-1, 0.5, 4]], { log: true }), [0.5, 4]);
  assert.deepEqual(limits([[null]], {}), [0, 1]);
  assert.deepEqual(limits([[-1]], { log: true }), [0.1, 1]);
  const [lo, hi] = limits([[...Array.from({ length: 100 }, (_, i) => i / 100), 1e9]], { clip: true });
  assert.ok(lo > 0 && hi < 1.1);
});

test('a logarithmic axis has round ticks, on a short axis too', () => {
  const ticks = (lo, hi) => logTicks(9).splits(null, 1, lo, hi);
  assert.deepEqual(ticks(0.9, 25), [1, 2, 5, 10, 20]);
  assert.deepEqual(ticks(1e-4, 1e3), [1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000]);
  assert.deepEqual(ticks(1.17, 2.3), [1.2, 1.4, 1.6, 1.8, 2, 2.2]);
  assert.deepEqual(ticks(0.16, 0.65), [0.2, 0.3, 0.4, 0.5, 0.6]);
  assert.ok(ticks(1e-300, 1e300).length <= 9);
});
