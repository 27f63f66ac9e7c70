// The axis of a flag or scalar: maps values to positions from 0, the bottom, to 1, the top, and back.

const logRatio = 100; // the ratio of the extremes from which an axis is logarithmic

// makeScale returns
//   place(cell)      the position of a cell, null if it has none
//   ticks, text(p)   the texts at positions
//   range(from, to)  the text for a range
//   step             the step of the arrow keys
//   test(name, from, to)  an expression for a range, name being the column's name in expressions
//   move(p, scale)   for numbers: the position of the value that another scale has at p
export function makeScale(column, cells) {
  const texts = cells.filter((c) => c !== null);
  return column.numeric ? numeric(texts.map(Number).filter(Number.isFinite)) : words(texts);
}

function numeric(values) {
  const lo = Math.min(...values);
  const hi = Math.max(...values);
  const log = lo > 0 && hi / lo >= logRatio;
  const f = log ? Math.log10 : (v) => v;
  const span = f(hi) - f(lo);
  const back = (p) => (log ? 10 ** (f(lo) + p * span) : lo + p * span);
  const place = (text) => {
    const v = Number(text);
    if (text === null || !Number.isFinite(v)) return null;
    return span > 0 ? (f(v) - f(lo)) / span : 0.5;
  };
  return {
    place,
    move: (p, scale) => Math.min(1, Math.max(0, place(scale.value(p)))),
    value: back,
    step: 0.05,
    ticks: (span > 0 ? (log ? powers(lo, hi) : round(lo, hi)) : [lo]).map((v) => ({ p: place(v), text: short(v) })),
    text: (p) => short(back(p)),
    range: (from, to) => `${short(back(from))} to ${short(back(to))}`,
    test: (name, from, to) => [from > 0 && `${name} >= ${exact(back(from), Math.floor)}`, to < 1 && `${name} <= ${exact(back(to), Math.ceil)}`]
      .filter(Boolean).join(' and '),
  };
}

function words(texts) {
  const list = [...new Set(texts)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const gap = 1 / Math.max(1, list.length);
  const place = (text) => (text === null ? null : (list.indexOf(text) + 0.5) * gap);
  const within = (from, to) => list.filter((t) => place(t) >= from && place(t) <= to);
  const every = Math.ceil(list.length / 10);
  return {
    place,
    step: gap,
    ticks: list.filter((_, i) => i % every === 0).map((text) => ({ p: place(text), text })),
    range: (from, to) => within(from, to).join(', ') || 'none',
    text: (p) => list[Math.min(list.length - 1, Math.max(0, Math.floor(p / gap)))],
    test: (name, from, to) => `${name} in [${within(from, to).flatMap(literal).join(', ')}]`,
  };
}

// literal returns a word as an expression; tables show booleans as yes and no.
function literal(word) {
  const quoted = `'${word.replaceAll(/['\\]/g, '\\$&')}'`;
  return { yes: [quoted, 'true'], no: [quoted, 'false'] }[word] ?? [quoted];
}

function powers(lo, hi) {
  const list = [];
  for (let e = Math.ceil(Math.log10(lo) - 1e-9); e <= Math.log10(hi) + 1e-9; e++) list.push(10 ** e);
  const every = Math.ceil(list.length / 6);
  return list.length > 1 ? list.filter((_, i) => i % every === 0) : [lo, hi];
}

function round(lo, hi) {
  const raw = (hi - lo) / 4;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * unit).find((s) => s >= raw);
  const list = [];
  for (let i = Math.ceil(lo / step - 1e-9); i * step <= hi + step * 1e-9; i++) list.push(i * step);
  return list;
}

const short = (v) => {
  const size = Math.abs(v);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return v.toExponential(1).replace('.0e', 'e').replace('e+', 'e');
  return String(Number(v.toPrecision(4)));
};

// exact returns three digits, rounded outwards so that values at the end of the range stay within it.
function exact(v, to) {
  if (v === 0) return '0';
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(v))) - 2);
  return String(Number((to(v / unit) * unit).toPrecision(3)));
}
