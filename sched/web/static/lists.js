// The lists of runs. Rows are links, so that they can be focused and followed like any link.

import { $, h, icon, keyed, set, text } from './dom.js';
import { ago, count, duration, exit, moment, number, ticking } from './format.js';
import { still, tick } from './clock.js';
import { go } from './address.js';

const firstWaiting = 8;
const holdRoom = 20000; // milliseconds for which a list that became shorter keeps its height

let snapshot = null;
let matches = null;
let allWaiting = false;
const room = { rows: 0, until: 0 };

export function renderLists(s) {
  snapshot = s;
  render();
}

const spare = 30; // rows rendered above and below the window
const block = 50; // the window moves by this number of rows
let wanted = null; // index of the row that gets the focus once it is rendered

// rowHeight returns the height of a row, which depends on the width of the list.
const rowHeight = () => $('matches').firstElementChild?.offsetHeight || 41;

// wantedRows returns the range of the matching runs to render: those in and around the window.
export function wantedRows() {
  const list = $('matches');
  const height = rowHeight();
  const above = matches && !list.hidden ? Math.max(0, -list.getBoundingClientRect().top) / height : 0;
  const first = Math.max(0, Math.floor((above - spare) / block) * block);
  return { offset: first, limit: Math.ceil((innerHeight / height + 2 * spare) / block) * block + block };
}

// goToMatch moves the focus to the row with an index, rendered or not.
export function goToMatch(i) {
  if (!matches) return false;
  wanted = Math.max(0, Math.min(matches.matched - 1, i));
  const node = $('matches').children[wanted - matches.offset];
  if (node) {
    node.firstElementChild.focus();
    node.scrollIntoView({ block: 'nearest' });
    wanted = null;
    return true;
  }
  scrollTo(0, scrollY + $('matches').getBoundingClientRect().top + wanted * rowHeight() - innerHeight / 2);
  return true;
}

// matchOf returns the index of a run among the matching ones, or -1.
export function matchOf(id) {
  const i = matches?.runs.findIndex((r) => r.id === id) ?? -1;
  return i < 0 ? -1 : matches.offset + i;
}

// renderMatches shows the runs that match the filter in place of the lists; null shows the lists again.
export function renderMatches(found) {
  matches = found;
  $('live-lists').hidden = found !== null;
  $('matching').hidden = found === null;
  if (found === null) return;
  const focused = document.activeElement?.dataset?.id;
  rows('matches', found.runs, (at, run) => {
    if (run.stopped || run.seconds) fillFinished(at, run);
    else fillOpen(at, run);
  });
  const list = $('matches');
  [...list.children].forEach((li, i) => {
    set(li, 'aria-setsize', found.matched);
    set(li, 'aria-posinset', found.offset + i + 1);
  });
  const height = rowHeight();
  list.style.paddingTop = `${found.offset * height}px`;
  list.style.paddingBottom = `${(found.matched - found.offset - found.runs.length) * height}px`;
  text($('n-matches'), number(found.matched));
  $('matches-empty').hidden = found.matched > 0;
  $('matches').hidden = found.matched === 0;
  refocus(focused);
  if (wanted !== null && list.children[wanted - found.offset]) goToMatch(wanted);
}

function render() {
  const focused = document.activeElement?.dataset?.id;
  const { running, waiting, finished } = snapshot;
  const cut = allWaiting ? waiting : waiting.slice(0, firstWaiting);
  rows('running', running, fillRunning);
  rows('waiting', cut, fillWaiting);
  rows('finished', finished, fillFinished);
  keepRoom(running.length);
  more(waiting.length, cut.length);

  const c = snapshot.counts;
  const ended = c.completed + c.error + c.terminated;
  text($('n-running'), number(c.running));
  text($('n-waiting'), number(c.staged + c.pending));
  all('waiting', waiting.length, c.staged + c.pending, ['staged', 'pending']);
  all('finished', finished.length, ended, ['completed', 'error', 'terminated']);
  text($('n-finished'), ended > finished.length ? `the latest ${finished.length} of ${number(ended)}` : number(finished.length));
  empty('running', running.length);
  empty('waiting', waiting.length);
  empty('finished', finished.length);
  refocus(focused);
}

// all shows a button for the whole list if the page has only a part of it.
function all(name, shown, of, status) {
  const button = $(`${name}-all`);
  button.hidden = of <= shown;
  text(button, `Show all ${number(of)}`);
  button.onclick = () => go({ status }, true);
}

// refocus restores the focus after a run's row moved from one list to another.
function refocus(id) {
  if (id && document.activeElement === document.body) rowOf(id)?.focus({ preventScroll: true });
}

// empty shows a hint if there is no run.
function empty(name, n) {
  $(`${name}-empty`).hidden = n > 0;
  $(name).hidden = n === 0;
}

// keepRoom keeps the height of the list of running runs for a while, so that the lists below do not jump when a worker starts its next run.
function keepRoom(n) {
  const now = Date.now();
  if (n >= room.rows || now > room.until) {
    room.rows = n;
    room.until = now + holdRoom;
  }
  $('running').style.setProperty('--room', String(n > 0 ? room.rows : 0));
}

function more(all, shown) {
  const button = $('waiting-more');
  button.hidden = all <= firstWaiting;
  text(button, allWaiting ? 'Show fewer' : `Show ${number(all - shown)} more`);
  set(button, 'aria-expanded', allWaiting ? 'true' : 'false');
}

$('waiting-more').addEventListener('click', () => {
  allWaiting = !allWaiting;
  render();
});

function rows(name, list, fill) {
  keyed($(name), list, (r) => r.id, makeRow, (node, run) => {
    const row = node.firstElementChild;
    const key = JSON.stringify(run);
    if (row.dataset.run === key) return;
    row.dataset.run = key;
    const at = (part) => row.querySelector(`.${part}`);
    if (row.dataset.status !== run.status) {
      row.dataset.status = run.status;
      at('st').replaceChildren(icon(run.status), h('span', { class: 'word' }, run.status));
    }
    text(at('op'), run.op || 'unknown operation');
    text(at('label'), run.label);
    set(at('what'), 'title', [run.op, run.label, ...(run.tags ?? [])].filter(Boolean).join('\n'));
    keyed(at('tags'), run.tags ?? [], (t) => t, (t) => h('span', { class: 'tag' }, t), () => {});
    text(at('sid'), run.short_id);
    fill(at, run);
  });
}

function makeRow(run) {
  const part = (name, tag = 'span') => h(tag, { class: name });
  return h('li', {}, h('a', { class: 'row', href: `#run/${run.id}`, 'data-id': run.id },
    part('st'),
    h('span', { class: 'what' }, part('op'), part('label'), part('tags')),
    part('at'), part('took', 'time'), part('end', 'time'), part('sid', 'code')));
}

function place(run) {
  return [run.host, run.worker ? `worker ${run.worker}` : ''].filter(Boolean).join(' · ');
}

function fillRunning(at, run) {
  text(at('at'), place(run));
  set(at('at'), 'title', run.reason);
  ticks(at('took'), run.since, ticking);
}

function fillWaiting(at, run) {
  const st = at('st').querySelector('.word');
  text(st, run.position ? `no. ${run.position}` : run.status);
  text(at('at'), run.reason ?? '');
  set(at('at'), 'title', run.reason);
  ticks(at('took'), run.since, ticking);
}

function fillFinished(at, run) {
  const code = exit(run.exit);
  text(at('st').querySelector('.word'), run.status);
  text(at('at'), [run.host, code].filter(Boolean).join(' · '));
  set(at('at'), 'title', run.reason ?? null);
  still(at('took'));
  text(at('took'), run.seconds ? duration(run.seconds) : '');
  ticks(at('end'), run.stopped, ago);
}

// fillOpen fills the row of a run that has not ended, in the list of matching runs.
function fillOpen(at, run) {
  text(at('at'), run.status === 'running' ? place(run) : run.host ?? '');
  set(at('at'), 'title', run.reason ?? null);
  ticks(at('took'), run.status === 'running' ? run.since : null, ticking);
  ticks(at('end'), run.since, ago);
}

function ticks(node, iso, form) {
  if (!iso) {
    still(node);
    text(node, '');
    return;
  }
  set(node, 'datetime', iso);
  set(node, 'title', moment(iso));
  tick(node, iso, form);
}

// rowOf returns the link of a run in any list.
export const rowOf = (id) => allRows().find((a) => a.dataset.id === id);

// allRows returns the visible links, which the keys move between.
export const allRows = () => [...document.querySelectorAll('a[data-id]')].filter((a) => a.offsetParent !== null);

// find returns a run or scheduler of the last snapshot or of the matching runs.
export function find(id) {
  if (!snapshot) return undefined;
  const scheduler = snapshot.schedulers.find((x) => x.id === id);
  if (scheduler) return { op: scheduler.kind, label: scheduler.label, status: scheduler.life === 'lost' ? 'error' : 'running' };
  return [...snapshot.running, ...snapshot.waiting, ...snapshot.finished, ...(matches?.runs ?? [])].find((r) => r.id === id);
}

// changes describes what happened between two snapshots, for screen readers.
export function changes(before, after) {
  if (!before) return '';
  const was = new Map([...before.running, ...before.waiting].map((r) => [r.id, r.status]));
  const ended = after.finished.filter((r) => was.has(r.id));
  const started = after.running.filter((r) => was.get(r.id) === 'staged');
  const said = [];
  if (ended.length > 3) said.push(`${count(ended.length, 'run')} ended`);
  else for (const r of ended) said.push(`${r.op} ${r.short_id} ${r.status}`);
  if (started.length) said.push(`${count(started.length, 'run')} started`);
  return said.join(', ');
}
