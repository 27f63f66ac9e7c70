// The address says what the page shows: ?view=compare, ?filter=, ?status=, and of the comparison ?cols=, ?min= or ?max=, ?hide=.
// The part after # is of the run that is open.

const listeners = [];

let state = read();

function read() {
  const p = new URLSearchParams(location.search);
  return {
    view: p.get('view') === 'compare' ? 'compare' : 'runs',
    filter: p.get('filter') ?? '',
    status: p.getAll('status'),
    cols: p.get('cols') ?? '',
    min: p.get('min') ?? '',
    max: p.get('max') ?? '',
    hide: p.getAll('hide'),
  };
}

export const at = () => state;

export const onChange = (f) => listeners.push(f);

// search is the state as the query of an address. Of what is empty there is nothing in it.
export function search(s, names = Object.keys(s)) {
  const p = new URLSearchParams();
  for (const name of names) {
    if (name === 'view' && s.view === 'runs') continue;
    for (const value of [s[name]].flat()) if (value) p.append(name, value);
  }
  const text = p.toString();
  return text && `?${text}`;
}

// go changes a part of the state. push makes a step that the browser goes back from.
export function go(change, push = false) {
  const next = { ...state, ...change };
  const url = location.pathname + search(next) + location.hash;
  if (url === location.pathname + location.search + location.hash) return;
  history[push ? 'pushState' : 'replaceState'](null, '', url);
  moved();
}

function moved() {
  const before = state;
  state = read();
  if (search(before) !== search(state)) for (const f of listeners) f(state, before);
}

addEventListener('popstate', moved);

// query is the part of the state that asks the server for runs.
export const query = (...more) => search(state, ['filter', 'status', ...more]);
