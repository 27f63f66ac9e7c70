import { test } from 'node:test';
import assert from 'node:assert/strict';
import { heat, pack } from '../static/spans.js';

const at = (s) => new Date(s * 1000).toISOString();
const span = (worker, from, to, status = 'completed') => ({ worker, since: at(from), until: to === undefined ? undefined : at(to), status });

test('numbered workers have their lanes, also those that did nothing', () => {
  const lanes = pack([span(2, 100, 200), span(2, 200, undefined, 'running')], 3, 1000, 1800);
  assert.deepEqual(lanes.map((l) => l.map((s) => [s.from, s.to])), [[], [[100, 200], [200, 1000]], []]);
});

test('jobs of an engine share lanes where they do not overlap, and are cut at the start', () => {
  const lanes = pack([span(0, 0, 500), span(0, 300, 600), span(0, 550, undefined), span(0, 0, 90)], 8, 1000, 900);
  assert.deepEqual(lanes.map((l) => l.map((s) => [s.from, s.to])), [[[100, 500], [550, 1000]], [[300, 600]]]);
});

test('the strip counts parts of minutes', () => {
  const cells = heat([span(1, 0, 90), span(2, 60, 120, 'error')], 100, 120, 120);
  assert.deepEqual(cells, [{ busy: 0.01, failed: 0 }, { busy: 0.015, failed: 1 }]);
});
