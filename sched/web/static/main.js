// The page: it renders the server's snapshots. The address names the open run.

import { $, inReport, set, text } from './dom.js';
import { moment, setZone, ticking, zoneName } from './format.js';
import { setNow } from './clock.js';
import { connect } from './stream.js';
import { renderOverview } from './overview.js';
import { at, go, onChange, query, search, views } from './address.js';
import { filtered, renderStatuses, tell, wrong } from './filter.js';
import { Source } from './source.js';
import { changes, find, renderLists, renderMatches, rowOf, wantedRows } from './lists.js';
import { draw, leaveCharts, mostPicks, renderCharts } from './charts.js';
import { leaveDiff, showDiff } from './diff.js';
import { mostRows, redraw, renderTable } from './compare.js';
import { wrongColumns } from './columns.js';
import { hide, isPart, mark, openId, openRun, show, update } from './run.js';
import { bindViewer, hideFile, showFile } from './viewer.js';
import { renderLanes } from './lanes.js';
import { renderStudies, renderStudy, shownStudy, studyURL, wrongStudy } from './studies.js';
import { menu, offer } from './actions.js';
import { bindKeys, narrow } from './keys.js';

const announceEvery = 4000;
const mostMatches = 2001; // runs requested for an action on all matching runs: one more than an action allows

let before = null;
let heard = [];

let compareLimit = 0; // rows requested of the comparison, 0 for the default
const plus = (url, name, value) => `${url}${url.includes('?') ? '&' : '?'}${name}=${value}`;
const viewing = (view) => at().view === view && !document.hidden;

const windowed = (url) => {
  const { offset, limit } = wantedRows();
  return plus(plus(url, 'offset', offset), 'limit', limit);
};

const found = new Source(() => (viewing('runs') && filtered() ? windowed(`api/runs${query()}`) : null), (m) => {
  renderMatches(m);
  counted(m);
  update(find(openId()));
  mark();
}, wrong);

const compared = new Source(() => (viewing('compare') ? (compareLimit ? plus(`api/compare${query('cols', 'min', 'max')}`, 'limit', compareLimit) : `api/compare${query('cols', 'min', 'max')}`) : null), (t) => {
  renderTable(t);
  wrongColumns(null);
  counted(t);
  mark();
}, (problem) => {
  redraw();
  if (problem.param === 'cols') wrongColumns(problem);
  else if (problem.param === 'sort') go({ min: '', max: '' });
  else wrong(problem);
});

const drawn = new Source(() => (viewing('charts') ? plus(plus(`api/runs${query()}`, 'limit', mostPicks), 'experiments', '1') : null), (m) => {
  renderCharts(m);
  counted(m);
  mark();
}, wrong);

const lanes = new Source(() => (viewing('schedulers') ? 'api/schedulers' : null), renderLanes, (problem) => wrong(problem));
// The lanes move with time even if nothing changes.
setInterval(() => lanes.news(), 5000);

const batches = new Source(() => (viewing('studies') ? `api/studies${query()}` : null), (m) => {
  const before = shownStudy();
  renderStudies(m);
  counted(m);
  if (shownStudy() !== before) studied.now();
}, wrong);

const studied = new Source(() => (viewing('studies') ? studyURL() : null), (s) => {
  renderStudy(s);
  mark();
}, wrongStudy);

const sources = [found, compared, drawn, lanes, batches, studied];
const askNow = () => { for (const source of sources) source.now(); };
const tellNews = () => { for (const source of sources) source.news(); };

let told = false; // whether the server has counted the matching runs

function counted(m) {
  told = true;
  tell(m.matched, m.total);
  renderStatuses({ running: 0, staged: 0, pending: 0, completed: 0, error: 0, terminated: 0, ...m.statuses });
}

function onSnapshot(s) {
  setNow(s.now);
  setZone(s.zone);
  text($('zone'), zoneName());
  offer(s.actions);
  renderOverview(s);
  renderLists(s);
  if (!told) renderStatuses(s.counts);
  tellNews();
  update(find(openId()));
  mark();
  const news = changes(before, s);
  if (news) heard.push(news);
  before = s;
  if (inReport()) onState('live');
  document.body.removeAttribute('data-empty');
}

// Scalars of running runs change without a new snapshot.
setInterval(() => {
  if (!before?.counts.running) return;
  compared.news();
  studied.news();
}, 3000);

setInterval(() => {
  if (!heard.length) return;
  text($('announce'), heard.slice(-3).join('; '));
  heard = [];
}, announceEvery);

function onState(state, seconds) {
  set($('link'), 'data-state', state);
  text($('link-text'), {
    live: inReport() ? `report of ${moment(before?.now)}` : 'live',
    stalled: `no answer from the disk for ${ticking(seconds)}`,
    lost: 'connecting again',
    ended: 'its scheduler has ended',
  }[state]);
  set(document.body, 'data-old', state !== 'live');
}

// The address #run/ID/PART names the open run: rows link to it, and the back button closes it. #run/ID/files/PATH names a file, and
// #diff/ID/ID the comparison of two runs.
function addressed() {
  try {
    const [, a, b] = /^#diff\/([^/]+)\/([^/]+)$/.exec(location.hash)?.map((part) => part && decodeURIComponent(part)) ?? [];
    if (a) return { a, b };
    const [, id, part, path] = /^#run\/([^/]+)(?:\/([a-z]+)(?:\/(.+))?)?$/.exec(location.hash).map((part) => part && decodeURIComponent(part));
    return { id, part: isPart(part) ? part : undefined, path: part === 'files' ? path : undefined };
  } catch {
    return {}; // not an address of this page
  }
}

function onAddress() {
  const { id, part, path, a, b } = addressed();
  const changed = id !== openId();
  if (id) show(id, find(id), part);
  else hide();
  $('diff-view').hidden = !a;
  set(document.body, 'data-diff', Boolean(a));
  if (a) showDiff(a, b);
  else leaveDiff();
  onView(at());
  set(document.body, 'data-run', Boolean(id));
  const alone = Boolean(id) && (at().wide !== '' || at().view === 'charts') && !narrow.matches;
  set(document.body, 'data-alone', alone);
  set($('run-wide'), 'aria-pressed', at().wide ? 'true' : 'false');
  for (const behind of document.querySelectorAll('.bar, .overview, .schedulers, .filter, .lists, .foot')) behind.inert = Boolean(id) && narrow.matches;
  mark();
  if (path) showFile(id, path);
  else hideFile();
  if (id && changed && (narrow.matches || alone) && !path) $('run-title').focus({ preventScroll: true });
  if (alone && changed) scrollTo(0, 0);
}

function onView(s) {
  set(document.body, 'data-view', s.view);
  for (const view of views) $(`${view}-view`).hidden = s.view !== view || !$('diff-view').hidden;
  for (const link of document.querySelectorAll('.views a')) {
    set(link, 'aria-current', link.dataset.view === s.view ? 'page' : null);
    set(link, 'href', location.pathname + search({ ...s, view: link.dataset.view }));
  }
}

onChange((s, old) => {
  onView(s);
  if (s.wide !== old.wide || s.view !== old.view) onAddress();
  if (s.view !== 'charts') leaveCharts();
  else if (s.runs !== old.runs) draw();
  const asked = ['view', 'filter', 'status', 'cols', 'min', 'max'];
  if (search(s, asked) === search(old, asked)) {
    if (s.view === 'studies') renderStudies();
    if (studyURL(s) !== studyURL(old)) studied.now();
    if (s.view === 'compare' && s.hide.join() !== old.hide.join()) redraw();
    return;
  }
  if (search(s, ['filter', 'status']) !== search(old, ['filter', 'status'])) compareLimit = 0;
  if (!filtered()) {
    told = false;
    tell();
    if (before) renderStatuses(before.counts);
    renderMatches(null);
  }
  askNow();
});

for (const link of document.querySelectorAll('.views a')) {
  link.addEventListener('click', (e) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    if (location.hash.startsWith('#diff/')) goTo('');
    go({ view: link.dataset.view }, true);
  });
}

$('compare-more').addEventListener('click', () => {
  compareLimit = Math.min(mostRows, (compareLimit || 100) + 400);
  compared.now();
});

// Rows are read when the window has moved.
let moved = null;
addEventListener('scroll', () => {
  moved ??= setTimeout(() => {
    moved = null;
    if (viewing('runs') && filtered()) found.moved();
  }, 80);
}, { passive: true });

$('run-wide').addEventListener('click', () => go({ wide: at().wide ? '' : '1' }));

document.addEventListener('visibilitychange', tellNews);

const goTo = (hash) => {
  history.replaceState(null, '', hash || location.pathname + location.search);
  onAddress();
};

let settle = null;
// open waits a moment, since the arrow keys may pass over many rows.
const open = (id) => {
  clearTimeout(settle);
  settle = setTimeout(() => goTo(`#run/${id}`), 120);
};
const close = () => {
  clearTimeout(settle);
  goTo('');
};

menu($('run-actions'), () => openRun()?.status, async () => [openRun()].filter(Boolean));
menu($('match-actions'), () => null, async () => {
  try {
    return (await (await fetch(plus(`api/runs${query()}`, 'limit', mostMatches))).json()).runs;
  } catch (err) {
    wrong({ error: `the server does not answer (${err.message})` });
    return [];
  }
});

addEventListener('hashchange', onAddress);
narrow.addEventListener('change', onAddress);
$('run-close').addEventListener('click', () => {
  const id = openId();
  close();
  rowOf(id)?.focus();
});
bindViewer((id) => {
  goTo(`#run/${id}/files`);
});
bindKeys({ open, close });
connect(onSnapshot, onState);
onAddress();
askNow();
