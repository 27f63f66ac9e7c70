import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ago, bytes, count, duration, exit, moment, number, ticking } from '../static/format.js';

const table = (f, cases) => () => { for (const [input, want] of cases) assert.equal(f(input), want, `of ${input}`); };

test('duration has a decimal below ten seconds, and two units at most', table(duration, [
  [0, '0s'], [0.01, '0s'], [0.05, '0.1s'], [1.24, '1.2s'], [9.94, '9.9s'], [10, '10s'], [59.9, '59s'], [60, '1m 00s'], [125, '2m 05s'],
  [3599, '59m 59s'], [3600, '1h 00m'], [11520, '3h 12m'], [86399, '23h 59m'], [86400, '1d 0h'], [367200, '4d 6h'], [-3, '0s'],
]));

test('ticking has whole seconds', table(ticking, [[0.9, '0s'], [1.9, '1s'], [-1, '0s'], [61, '1m 01s']]));

test('ago has one unit', table(ago, [
  [-1, '0s ago'], [59.9, '59s ago'], [60, '1m ago'], [3599, '59m ago'], [3600, '1h ago'], [86399, '23h ago'], [86400, '1d ago'], [400000, '4d ago'],
]));

test('bytes have a unit of which there are fewer than 1024', table(bytes, [
  [0, '0 B'], [1023, '1023 B'], [1024, '1.0 KiB'], [10 * 1024 - 1, '10.0 KiB'], [10 * 1024, '10 KiB'], [1024 ** 2 - 1, '1.0 MiB'],
  [1024 ** 2, '1.0 MiB'], [3.5 * 1024 ** 3, '3.5 GiB'], [5 * 1024 ** 4, '5.0 TiB'], [2000 * 1024 ** 4, '2000 TiB'],
]));

test('counts have the plural and separators', () => {
  assert.equal(count(0, 'run'), '0 runs');
  assert.equal(count(1, 'run'), '1 run');
  assert.equal(count(1234, 'entry', 'entries'), '1,234 entries');
  assert.equal(number(1234567), '1,234,567');
});

test('exit names signals and says nothing of success', table(exit, [
  [undefined, ''], [0, ''], [1, 'exit 1'], [143, 'exit 143'], [-9, 'SIGKILL'], [-15, 'SIGTERM'], [-64, 'signal 64'],
]));

test('moment is empty where there is none', () => {
  assert.equal(moment(''), '');
  assert.match(moment('2026-05-01T12:30:05Z'), /May 2026/);
});
