// The address holds the state of the page: ?view=, ?filter=, ?status=; for the comparison ?cols=, ?min= or ?max=, ?hide=; for charts
// ?runs=, ?x=, ?smooth=, ?log=, ?clip=, ?group=, ?colour=, ?cards=; for studies ?study=, ?objective=, ?goal=, ?second=, ?goal2=, ?by= and,
// as for charts, ?log= and ?clip=. With ?wide= only the open run is shown. The part after # names the open run.

export const views = ['runs', 'charts', 'compare', 'schedulers', 'studies'];

const goals = ['min', 'max'];

const listeners = [];

let state = read();

function read() {
  const p = new URLSearchParams(location.search);
  return {
    view: views.includes(p.get('view')) ? p.get('view') : 'runs',
    filter: p.get('filter') ?? '',
    status: p.getAll('status'),
    cols: p.get('cols') ?? '',
    min: p.get('min') ?? '',
    max: p.get('max') ?? '',
    hide: p.getAll('hide'),
    runs: p.get('runs') ?? '',
    x: ['time', 'relative'].includes(p.get('x')) ? p.get('x') : '',
    smooth: Number(p.get('smooth')) > 0 && Number(p.get('smooth')) <= 0.99 ? p.get('smooth') : '',
    log: p.get('log') ? '1' : '',
    clip: p.get('clip') ? '1' : '',
    group: p.get('group') ?? '',
    colour: p.get('colour') ?? '',
    cards: p.get('cards') ?? '',
    study: p.get('study') ?? '',
    objective: p.get('objective') ?? '',
    goal: goals.includes(p.get('goal')) ? p.get('goal') : '',
    second: p.get('second') ?? '',
    goal2: goals.includes(p.get('goal2')) ? p.get('goal2') : '',
    by: p.get('by') ?? '',
    wide: p.get('wide') ? '1' : '',
  };
}

export const at = () => state;

export const onChange = (f) => listeners.push(f);

// search returns the state as the query of an address, without its empty parts.
export function search(s, names = Object.keys(s)) {
  const p = new URLSearchParams();
  for (const name of names) {
    if (name === 'view' && s.view === 'runs') continue;
    for (const value of [s[name]].flat()) if (value) p.append(name, value);
  }
  const text = p.toString();
  return text && `?${text}`;
}

// go changes a part of the state. With push the browser's back button undoes the change.
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

// query returns the part of the state that selects runs, for requests to the server.
export const query = (...more) => search(state, ['filter', 'status', ...more]);
