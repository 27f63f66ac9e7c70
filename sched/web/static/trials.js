// Trials as numbers and words. Nothing here depends on the page.

const decades = 2; // a range of this many powers of ten or more gets a logarithmic axis

const natural = (a, b) => a.localeCompare(b, 'en', { numeric: true });

// flagAxis maps the values of a flag, YAML or null, to an axis: place(value) returns the position, null for none. log: the axis is
// logarithmic; whole: all values are whole numbers; ticks: the words for 0, 1, ... if the values are not numbers.
export function flagAxis(values, numeric) {
  if (numeric) {
    const numbers = values.filter((v) => v !== null).map(Number).filter(Number.isFinite);
    const lo = Math.min(...numbers);
    const place = (v) => (v !== null && Number.isFinite(Number(v)) ? Number(v) : null);
    return { place, log: lo > 0 && Math.max(...numbers) / lo >= 10 ** decades, whole: numbers.every(Number.isInteger), ticks: null };
  }
  const ticks = [...new Set(values.filter((v) => v !== null))].sort(natural);
  return { place: (v) => (v === null ? null : ticks.indexOf(v)), log: false, whole: false, ticks };
}

// inOrder returns {trial, i} sorted by value(trial, i), i being the index in the list; null is always last.
export function inOrder(trials, value, down) {
  const rows = trials.map((trial, i) => ({ trial, i, v: value(trial, i) }));
  const compare = (a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : natural(String(a), String(b)));
  return rows.sort((a, b) => {
    if (a.v === null || b.v === null) return (a.v === null) - (b.v === null) || a.i - b.i;
    return (down ? -1 : 1) * compare(a.v, b.v) || a.i - b.i;
  });
}

// share returns a fraction as a whole percentage.
export const share = (v) => (v > 0 && v < 0.005 ? 'under 1 %' : `${Math.round(100 * v)} %`);
