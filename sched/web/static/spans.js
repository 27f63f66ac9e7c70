// The spans of workers as numbers: nothing here depends on the page.

// pack puts spans into lanes: a span of a numbered worker into that worker's lane, others into the first free lane. Times are in seconds
// since the epoch, cut at the start of the shown period.
export function pack(spans, workers, now, seconds) {
  const start = now - seconds;
  const list = spans.map((s) => ({ ...s, from: Math.max(start, Date.parse(s.since) / 1000), to: s.until ? Date.parse(s.until) / 1000 : now }))
    .filter((s) => s.to >= start && s.from <= now).sort((a, b) => a.from - b.from);
  const lanes = [];
  const ends = [];
  for (const s of list) {
    let at = s.worker ? s.worker - 1 : ends.findIndex((end) => end <= s.from);
    if (at < 0) at = ends.length;
    while (lanes.length <= at) {
      lanes.push([]);
      ends.push(-Infinity);
    }
    lanes[at].push(s);
    ends[at] = Math.max(ends[at], s.to);
  }
  if (list.every((s) => s.worker)) while (lanes.length < workers) lanes.push([]);
  return lanes;
}

// heat returns for each minute, the oldest first, the busy fraction of the workers and the number of failed runs.
export function heat(spans, workers, now, seconds) {
  const n = Math.round(seconds / 60);
  const cells = Array.from({ length: n }, () => ({ busy: 0, failed: 0 }));
  for (const s of spans) {
    const from = Date.parse(s.since) / 1000;
    const to = s.until ? Date.parse(s.until) / 1000 : now;
    for (let i = 0; i < n; i++) {
      const a = now - seconds + i * 60;
      cells[i].busy += Math.max(0, Math.min(to, a + 60) - Math.max(from, a)) / 60 / workers;
      if (s.status === 'error' && s.until && to > a && to <= a + 60) cells[i].failed++;
    }
  }
  for (const c of cells) c.busy = Math.min(1, c.busy);
  return cells;
}
