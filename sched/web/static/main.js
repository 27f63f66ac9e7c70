// The page: snapshots in, nodes out, and the address says which run is open.

import { $, set, text } from './dom.js';
import { ticking } from './format.js';
import { setNow } from './clock.js';
import { connect } from './stream.js';
import { renderOverview } from './overview.js';
import { at, go, onChange, query, search } from './address.js';
import { filtered, renderStatuses, tell, wrong } from './filter.js';
import { Source } from './source.js';
import { allRows, changes, find, renderLists, renderMatches, rowOf } from './lists.js';
import { redraw, renderTable } from './compare.js';
import { wrongColumns } from './columns.js';
import { hide, mark, openId, show, update } from './run.js';
import { bindViewer, hideFile, showFile } from './viewer.js';
import { bindKeys, narrow } from './keys.js';

const announceEvery = 4000;

let before = null;
let heard = [];

const limits = { runs: 0, compare: 0 }; // rows that were asked for beyond the first ones
const more = (view) => limits[view] > 0 && `limit=${limits[view]}`;
const withMore = (url, view) => [url, more(view)].filter(Boolean).join(url.includes('?') ? '&' : '?');
const viewing = (view) => at().view === view && !document.hidden;

const found = new Source(() => (viewing('runs') && filtered() ? withMore(`api/runs${query()}`, 'runs') : null), (m) => {
  renderMatches(m);
  counted(m);
  update(find(openId()));
  mark(allRows());
}, wrong);

const compared = new Source(() => (viewing('compare') ? withMore(`api/compare${query('cols', 'min', 'max')}`, 'compare') : null), (t) => {
  renderTable(t);
  wrongColumns(null);
  counted(t);
  mark(allRows());
}, (problem) => {
  redraw();
  if (problem.param === 'cols') wrongColumns(problem);
  else if (problem.param === 'sort') go({ min: '', max: '' });
  else wrong(problem);
});

let told = false; // the server has counted those that match

function counted(m) {
  told = true;
  tell(m.matched, m.total);
  renderStatuses({ running: 0, staged: 0, pending: 0, completed: 0, error: 0, terminated: 0, ...m.statuses });
}

function onSnapshot(s) {
  setNow(s.now);
  renderOverview(s);
  renderLists(s);
  if (!told) renderStatuses(s.counts);
  found.news();
  compared.news();
  update(find(openId()));
  mark(allRows());
  const news = changes(before, s);
  if (news) heard.push(news);
  before = s;
  document.body.removeAttribute('data-empty');
}

// Scalars of runs at work change without anything else that would be news.
setInterval(() => { if (before?.counts.running) compared.news(); }, 3000);

setInterval(() => {
  if (!heard.length) return;
  text($('announce'), heard.slice(-3).join('; '));
  heard = [];
}, announceEvery);

function onState(state, seconds) {
  set($('link'), 'data-state', state);
  text($('link-text'), {
    live: 'live',
    stalled: `no answer from the disk for ${ticking(seconds)}`,
    lost: 'connecting again',
    ended: 'its scheduler has ended',
  }[state]);
  set(document.body, 'data-old', state !== 'live');
}

// The address #run/ID names the run that is open: rows are links to it, and going back closes it. #run/ID/files/PATH is a file.
function addressed() {
  try {
    const [, id, path] = /^#run\/([^/]+)(?:\/files\/(.+))?$/.exec(location.hash).map((part) => part && decodeURIComponent(part));
    return { id, path };
  } catch {
    return {}; // not an address of ours
  }
}

function onAddress() {
  const { id, path } = addressed();
  const changed = id !== openId();
  if (id) show(id, find(id));
  else hide();
  set(document.body, 'data-run', Boolean(id));
  for (const behind of document.querySelectorAll('.bar, .overview, .schedulers, .filter, .lists, .foot')) behind.inert = Boolean(id) && narrow.matches;
  mark(allRows());
  if (path) showFile(id, path);
  else hideFile();
  if (id && changed && narrow.matches && !path) $('run-title').focus();
}

function onView(s) {
  set(document.body, 'data-view', s.view);
  $('compare-view').hidden = s.view !== 'compare';
  $('runs-view').hidden = s.view !== 'runs';
  for (const link of document.querySelectorAll('.views a')) {
    set(link, 'aria-current', link.dataset.view === s.view ? 'page' : null);
    set(link, 'href', location.pathname + search({ ...s, view: link.dataset.view }));
  }
}

onChange((s, old) => {
  onView(s);
  const asked = ['view', 'filter', 'status', 'cols', 'min', 'max'];
  if (search(s, asked) === search(old, asked)) {
    if (s.view === 'compare') redraw();
    return;
  }
  if (search(s, ['filter', 'status']) !== search(old, ['filter', 'status'])) limits.runs = limits.compare = 0;
  if (!filtered()) {
    told = false;
    tell();
    if (before) renderStatuses(before.counts);
    renderMatches(null);
  }
  found.now();
  compared.now();
});

for (const link of document.querySelectorAll('.views a')) {
  link.addEventListener('click', (e) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    go({ view: link.dataset.view }, true);
  });
}

const beyond = (view, source, step) => () => {
  limits[view] = (limits[view] || 100) + step;
  source.now();
};
$('matches-more').addEventListener('click', beyond('runs', found, 200));
$('compare-more').addEventListener('click', beyond('compare', compared, 400));

document.addEventListener('visibilitychange', () => {
  found.news();
  compared.news();
});

const goTo = (hash) => {
  history.replaceState(null, '', hash || location.pathname + location.search);
  onAddress();
};

let settle = null;
// open follows the keys, which may run through many rows.
const open = (id) => {
  clearTimeout(settle);
  settle = setTimeout(() => goTo(`#run/${id}`), 120);
};
const close = () => {
  clearTimeout(settle);
  goTo('');
};

addEventListener('hashchange', onAddress);
narrow.addEventListener('change', onAddress);
$('run-close').addEventListener('click', () => {
  const id = openId();
  close();
  rowOf(id)?.focus();
});
bindViewer((id) => {
  goTo(`#run/${id}`);
});
bindKeys({ open, close });
connect(onSnapshot, onState);
onView(at());
found.now();
compared.now();
onAddress();
