import assert from 'node:assert/strict';
import { test } from 'node:test';

import { paced } from '../static/pace.js';

// A clock that runs when the test says so, in place of the browser's.
function clock(t) {
  let now = 0;
  const timers = [];
  const after = (ms, f) => timers.push({ at: now + ms, f });
  const real = { setTimeout: globalThis.setTimeout, now: performance.now };
  globalThis.setTimeout = (f, ms = 0) => after(ms, f);
  globalThis.requestAnimationFrame = (f) => after(16, f);
  performance.now = () => now;
  t.after(() => {
    globalThis.setTimeout = real.setTimeout;
    delete globalThis.requestAnimationFrame;
    performance.now = real.now;
  });
  return {
    spend: (ms) => { now += ms; },
    until: (end, each) => {
      for (;;) {
        const next = timers.filter((x) => x.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers.splice(timers.indexOf(next), 1);
        now = Math.max(now, next.at);
        next.f();
        each?.();
      }
      now = Math.max(now, end);
    },
    now: () => now,
  };
}

test('the first drawing is at once, and the last change is drawn', (t) => {
  const time = clock(t);
  let value = 0;
  let drawn = null;
  const draw = paced(() => { drawn = value; });
  value = 1;
  draw();
  time.until(0);
  assert.equal(drawn, 1);
  for (value = 2; value < 50; value++) draw();
  value = 50;
  draw();
  time.until(1000);
  assert.equal(drawn, 50);
});

test('changes without end take a twentieth of the time', (t) => {
  const time = clock(t);
  let spent = 0;
  const draw = paced(() => {
    time.spend(30);
    spent += 30 + 16; // until the result is on the screen
  });
  draw();
  time.until(60_000, draw);
  assert.ok(spent > 0.04 * 60_000 && spent < 0.055 * 60_000, `${spent}`);
});

test('what is shown is never much older than five seconds', (t) => {
  const time = clock(t);
  const starts = [];
  const draw = paced(() => {
    starts.push(time.now());
    time.spend(2000);
  });
  draw();
  time.until(60_000, draw);
  assert.ok(starts.length >= 8, `${starts}`);
});
