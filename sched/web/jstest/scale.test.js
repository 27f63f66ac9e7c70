import assert from 'node:assert/strict';
import { test } from 'node:test';

import { makeScale } from '../static/scale.js';

const numeric = { numeric: true };
const close = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test('numbers are placed in proportion', () => {
  const s = makeScale(numeric, ['1', '2', null, '5']);
  close(s.place('1'), 0);
  close(s.place('2'), 0.25);
  close(s.place('5'), 1);
  assert.equal(s.place(null), null);
  assert.equal(s.place('nan'), null);
  close(s.value(0.5), 3);
});

test('an axis of a hundredfold is logarithmic, one from zero is not', () => {
  close(makeScale(numeric, ['0.001', '0.1']).place('0.01'), 0.5);
  close(makeScale(numeric, ['1', '99']).place('50'), 0.5);
  close(makeScale(numeric, ['0', '1000']).place('500'), 0.5);
});

test('one value is in the middle, with one tick', () => {
  const s = makeScale(numeric, ['7', '7']);
  assert.equal(s.place('7'), 0.5);
  assert.deepEqual(s.ticks, [{ p: 0.5, text: '7' }]);
});

test('ticks are round and on the axis', () => {
  assert.deepEqual(makeScale(numeric, ['0', '1']).ticks.map((t) => t.text), ['0', '0.25', '0.5', '0.75', '1']);
  assert.deepEqual(makeScale(numeric, ['0.3', '9.7']).ticks.map((t) => t.text), ['2.5', '5', '7.5']);
  assert.deepEqual(makeScale(numeric, ['0.0001', '1']).ticks.map((t) => t.text), ['1e-4', '0.001', '0.01', '0.1', '1']);
  assert.deepEqual(makeScale(numeric, ['2', '200']).ticks.map((t) => t.text), ['10', '100']);
  for (const values of [['-3', '12'], ['0.001', '5'], ['1e-9', '3e12'], ['5', '5.0001']]) {
    for (const { p } of makeScale(numeric, values).ticks) assert.ok(p >= -1e-9 && p <= 1 + 1e-9, `${values}: ${p}`);
  }
});

test('a range as an expression keeps the values at its ends in', () => {
  const s = makeScale(numeric, ['0.00123456', '0.98765']);
  const expression = s.test('loss', s.place('0.0234567'), s.place('0.345678'));
  const [, low, high] = expression.match(/^loss >= (\S+) and loss <= (\S+)$/);
  assert.ok(Number(low) <= 0.0234567 && Number(high) >= 0.345678, expression);
  assert.ok(low.length < 8 && high.length < 8, expression);
});

test('an open end of a range is not tested', () => {
  const s = makeScale(numeric, ['0', '10']);
  assert.equal(s.test('x', 0, 0.5), 'x <= 5');
  assert.equal(s.test('x', 0.5, 1), 'x >= 5');
  assert.equal(s.test('x', 0, 1), '');
  assert.equal(makeScale(numeric, ['-10', '10']).test('x', 0.5, 1), 'x >= 0');
  assert.equal(makeScale(numeric, ['-10', '0']).test('x', 0.25, 0.75), 'x >= -7.5 and x <= -2.5');
});

test('a place moves with its value to another scale, and stays on the axis', () => {
  const before = makeScale(numeric, ['0', '10']);
  const now = makeScale(numeric, ['0', '20']);
  close(now.move(0.5, before), 0.25);
  close(before.move(0.75, now), 1);
});

test('what is written at places and ranges', () => {
  const s = makeScale(numeric, ['0', '1000000']);
  assert.equal(s.text(0.5), '500000');
  assert.equal(s.text(1), '1e6');
  assert.equal(s.range(0, 0.1), '0 to 100000');
  assert.equal(makeScale(numeric, ['0', '0.0005']).text(1), '5e-4');
  assert.equal(makeScale(numeric, ['0', '1']).text(1 / 3), '0.3333');
});

test('words are in natural order, each in the middle of its part', () => {
  const s = makeScale({}, ['x10', 'x2', 'x2', null, 'a']);
  assert.deepEqual(s.ticks.map((t) => t.text), ['a', 'x2', 'x10']);
  close(s.place('x2'), 0.5);
  assert.equal(s.place(null), null);
  assert.equal(s.text(0), 'a');
  assert.equal(s.text(1), 'x10');
  assert.equal(s.range(0.4, 1), 'x2, x10');
  assert.equal(s.range(0.55, 0.6), 'none');
  close(s.step, 1 / 3);
});

test('words in an expression are quoted; yes and no are true and false too', () => {
  const s = makeScale({}, ["it's", 'no', 'yes', 'a\\b']);
  assert.equal(s.test('x', 0, 1), String.raw`x in ['a\\b', 'it\'s', 'no', false, 'yes', true]`);
});

test('of many words some have ticks', () => {
  const s = makeScale({}, Array.from({ length: 33 }, (_, i) => `w${i}`));
  assert.deepEqual(s.ticks.map((t) => t.text), ['w0', 'w4', 'w8', 'w12', 'w16', 'w20', 'w24', 'w28', 'w32']);
});
