// Trials as numbers and words. Nothing here knows the page.

const decades = 2; // that values span at least, to be on a logarithmic axis

const natural = (a, b) => a.localeCompare(b, 'en', { numeric: true });

// flagAxis says where the values of a flag, which are YAML or null, are on an axis: place(value), null for none. log: it is logarithmic;
// whole: all are whole numbers; ticks: the words for 0, 1, ... where they are no numbers.
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

// inOrder are {trial, i}, i being the place in the list, by what value(trial, i) gives; null is always last.
export function inOrder(trials, value, down) {
  const rows = trials.map((trial, i) => ({ trial, i, v: value(trial, i) }));
  const compare = (a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : natural(String(a), String(b)));
  return rows.sort((a, b) => {
    if (a.v === null || b.v === null) return (a.v === null) - (b.v === null) || a.i - b.i;
    return (down ? -1 : 1) * compare(a.v, b.v) || a.i - b.i;
  });
}

// share is a part of 1 in whole percent.
export const share = (v) => (v > 0 && v < 0.005 ? 'under 1 %' : `${Math.round(100 * v)} %`);
