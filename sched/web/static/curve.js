// Curves as numbers: the server's points decoded, smoothed, grouped and aligned. Nothing here depends on the page.

// decode returns the x and y values of a run that the server sent as differences and decimal exponents.
export function decode({ x0, unit, dx, m, e }) {
  let at = 0;
  const x = dx.map((d) => x0 + (at += d) * unit);
  // Dividing by a power of ten is exact; multiplying by its inverse is not.
  const y = m.map((digits, i) => (digits === null ? null : e[i] < 0 ? digits / 10 ** -e[i] : digits * 10 ** e[i]));
  return { x, y };
}

const unitOfSmoothing = 100; // over 1/unitOfSmoothing of the axis, the weight of a value decays by the factor `weight`

// smooth returns the exponential moving average: the weight of a value decays with the distance on the axis, not with the number of points
// between. weight is from 0, no smoothing, to 0.99.
export function smooth(x, y, weight) {
  const unit = (x.at(-1) - x[0]) / unitOfSmoothing || 1;
  let sum = 0;
  let all = 0;
  let before = x[0];
  return y.map((v, i) => {
    if (v === null) return null;
    const keep = weight ** ((x[i] - before) / unit);
    before = x[i];
    // A point weighs as much as the part of the axis that it represents, so that many points close together count as one.
    const own = i === 0 ? 1 : Math.max(1e-9, 1 - keep);
    sum = sum * keep + v * own;
    all = all * keep + own;
    return sum / all;
  });
}

const most = 2048; // positions on an axis: more than a chart has pixels

// align puts series of {x, y} on one axis: [positions, values of the first series, ...]. A value is undefined if the series has no point
// there, and null if its value is not a number.
export function align(series) {
  const places = new Set();
  for (const s of series) for (const v of s.x) places.add(v);
  let x = Float64Array.from(places).sort();
  let slot = null;
  if (x.length > most) {
    const from = x[0];
    const step = (x.at(-1) - from) / (most - 1);
    slot = (v) => Math.round((v - from) / step);
    x = Float64Array.from({ length: most }, (_, i) => from + i * step);
  } else {
    const at = new Map();
    x.forEach((v, i) => at.set(v, i));
    slot = (v) => at.get(v);
  }
  const columns = series.map((s) => {
    const out = new Array(x.length);
    s.x.forEach((v, i) => { out[slot(v)] = s.y[i]; });
    return out;
  });
  return [x, ...columns];
}

// at returns the value of a series at a position, interpolated between points; undefined outside of the series.
function at({ x, y }, place) {
  let lo = 0;
  let hi = x.length - 1;
  if (hi < 0 || place < x[0] || place > x[hi]) return undefined;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (x[mid] < place) lo = mid + 1;
    else hi = mid;
  }
  if (x[lo] === place || lo === 0) return y[lo] ?? undefined;
  const [a, b] = [y[lo - 1], y[lo]];
  if (a === null || b === null) return undefined;
  return a + ((b - a) * (place - x[lo - 1])) / (x[lo] - x[lo - 1]);
}

const groupPlaces = 300;

// group returns the mean of some series with a band of one standard deviation: {x, mean, low, high}.
export function group(series) {
  const [all] = align(series);
  const every = Math.max(1, Math.ceil(all.length / groupPlaces));
  const x = [...all].filter((_, i) => i % every === 0 || i === all.length - 1);
  const out = { x, mean: [], low: [], high: [] };
  for (const place of x) {
    const values = series.map((s) => at(s, place)).filter((v) => v !== undefined);
    const n = values.length;
    const mean = n ? values.reduce((a, b) => a + b, 0) / n : null;
    const deviation = n > 1 ? Math.sqrt(values.reduce((a, v) => a + (v - mean) ** 2, 0) / (n - 1)) : 0;
    out.mean.push(mean);
    out.low.push(n ? mean - deviation : null);
    out.high.push(n ? mean + deviation : null);
  }
  return out;
}

// logTicks returns the options of a logarithmic axis: ticks at 1, 2 and 5 times each power of ten; at powers of ten alone if that gives
// more than most ticks; and at round numbers if the axis is short.
export const logTicks = (most) => ({
  splits: (_plot, _axis, lo, hi) => {
    const list = [];
    for (let e = Math.floor(Math.log10(lo)); e <= Math.log10(hi); e++) {
      for (const n of [1, 2, 5]) {
        const v = Number(`${n}e${e}`);
        if (v >= lo && v <= hi) list.push(v);
      }
    }
    if (list.length > most) {
      const powers = list.filter((v) => /^1e|^1$/.test(v.toExponential().replace('e+', 'e')));
      const every = Math.ceil(powers.length / most);
      return powers.filter((_, i) => i % every === 0);
    }
    if (list.length > 2) return list;
    const least = (hi - lo) / 6;
    const unit = 10 ** Math.floor(Math.log10(least));
    const step = [1, 2, 5, 10].map((n) => n * unit).find((n) => n >= least);
    return Array.from({ length: 1 + Math.floor(hi / step) - Math.ceil(lo / step) }, (_, i) => Number(((Math.ceil(lo / step) + i) * step).toPrecision(10)));
  },
  filter: (_plot, splits) => splits,
});

// limits returns the lowest and the highest value to show: of all values, or with clip without outliers; on a logarithmic axis only of
// positive values.
export function limits(columns, { clip, log }) {
  const values = columns.flatMap((c) => c.filter((v) => v !== null && v !== undefined && (!log || v > 0)));
  if (!values.length) return log ? [0.1, 1] : [0, 1];
  let lo = Infinity;
  let hi = -Infinity;
  if (clip && values.length > 20) {
    values.sort((a, b) => a - b);
    const cut = Math.floor(values.length * 0.05);
    [lo, hi] = [values[cut], values[values.length - 1 - cut]];
  } else {
    for (const v of values) {
      if (v < lo) lo = v;
      if (v > hi) hi = v;
    }
  }
  if (log) return lo === hi ? [lo / 2, hi * 2] : [lo, hi];
  const room = (hi - lo || Math.abs(hi) || 1) * 0.05;
  return [lo - room, hi + room];
}
