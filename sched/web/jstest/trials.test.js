import assert from 'node:assert/strict';
import { test } from 'node:test';

const { flagAxis, inOrder, share } = await import('../static/trials.js');

test('a numeric flag is on an axis of numbers, which is logarithmic over two decades', () => {
  const lr = flagAxis(['0.1', '1e-03', null, '.nan'], true);
  assert.deepEqual([lr.log, lr.ticks, lr.whole], [true, null, false]);
  assert.deepEqual(['0.1', null, '.nan'].map(lr.place), [0.1, null, null]);
  assert.equal(flagAxis(['0', '100'], true).log, false);
  assert.equal(flagAxis(['1', '50'], true).log, false);
  assert.equal(flagAxis(['1', '50'], true).whole, true);
});

test('other flags have a place for each value, in natural order', () => {
  const layers = flagAxis(['[64, 64]', 'w10', 'w9', null, 'w9'], false);
  assert.deepEqual(layers.ticks, ['[64, 64]', 'w9', 'w10']);
  assert.deepEqual(['w10', null, '[64, 64]'].map(layers.place), [2, null, 0]);
});

test('trials are in order by numbers or words, those without a value last', () => {
  const trials = [{ v: 3 }, { v: null }, { v: 1 }, { v: 3 }];
  const places = (down) => inOrder(trials, (t) => t.v, down).map((r) => r.i);
  assert.deepEqual([places(false), places(true)], [[2, 0, 3, 1], [0, 3, 2, 1]]);
  assert.deepEqual(inOrder([{ v: 'w10' }, { v: 'w9' }], (t) => t.v, false).map((r) => r.i), [1, 0]);
});

test('shares are whole percent', () => {
  assert.deepEqual([0, 0.001, 0.456, 1].map(share), ['0 %', 'under 1 %', '46 %', '100 %']);
});
