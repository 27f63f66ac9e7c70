// One run: what it is, and what it prints.

import { $, h, icon, keyed, set, text } from './dom.js';
import { duration, exit, moment, ticking } from './format.js';
import { tick } from './clock.js';
import { Screen, progress } from './screen.js';
import { showFiles } from './files.js';

const chunk = 64 << 10;
const filesEvery = 5000; // milliseconds
const known = new Set(['flags', 'label', 'tags', 'id', 'started', 'stopped', 'exit_status', 'host', 'initialized']);

let open = null; // {id, row, source, from, next}: the run in the pane
const screen = new Screen($('output'), (following) => { $('output-end').hidden = following; });

export const openId = () => open?.id ?? null;

// show opens a run. row is what the lists say of it, which is there at once.
export function show(id, row) {
  if (open?.id === id) return;
  hide();
  open = { id, row: JSON.stringify(row), source: null, from: 0, next: null };
  $('pane-hint').hidden = true;
  $('run').hidden = false;
  $('run-reason').hidden = true;
  text($('run-title'), row?.op ?? id.slice(0, 8));
  text($('run-label'), row?.label ?? '');
  for (const id of ['run-flags', 'run-meta', 'run-facts', 'run-attrs', 'run-commands']) $(id).replaceChildren();
  $('output-earlier').hidden = true;
  $('output-end').hidden = true;
  $('output-empty').hidden = true;
  text($('output-state'), '');
  screen.clear();
  load();
  showFiles(id);
  follow();
}

export function hide() {
  open?.source?.close();
  open = null;
  $('run').hidden = true;
  $('pane-hint').hidden = false;
}

// update is called with what a new snapshot says of the open run.
export function update(row) {
  if (!open || !row) return;
  const key = JSON.stringify(row);
  if (open.row === key) return;
  open.row = key;
  load();
  showFiles(open.id);
  if (!open.source && row.status === 'running') follow(); // it was started again
}

async function load() {
  const { id } = open;
  let run;
  try {
    const answer = await fetch(`api/runs/${encodeURIComponent(id)}`);
    run = await answer.json();
    if (!answer.ok) throw new Error(run.error);
  } catch (err) {
    if (openId() === id) complain(err.message);
    return;
  }
  if (openId() === id) render(run);
}

function complain(why) {
  $('run-reason').hidden = false;
  text($('run-reason'), why);
}

function render(run) {
  text($('run-title'), run.op || 'unknown operation');
  text($('run-label'), run.label);
  renderMeta(run);
  renderFacts(run);
  $('run-reason').hidden = !run.reason;
  text($('run-reason'), run.reason ?? '');
  values($('run-flags'), run.flags, 'This run has no flags.');
  values($('run-attrs'), run.attributes.filter((a) => !known.has(a.name)), 'No other attributes.');
  const commands = [`guild cat --output ${run.short_id}`, `guild runs info ${run.short_id}`];
  if (run.status === 'running') commands.unshift(`guild stop ${run.short_id}`);
  if (run.status === 'staged' || run.status === 'pending') commands.unshift(`guild run --start ${run.short_id}`);
  keyed($('run-commands'), commands, (c) => c, (c) => h('code', {}, c), () => {});
}

function renderMeta(run) {
  const parts = [h('span', { class: 'st', 'data-status': run.status }, icon(run.status), run.status)];
  const code = exit(run.exit);
  if (code) parts.push(code);
  if (run.status === 'running') {
    const up = h('time', { datetime: run.since });
    tick(up, run.since, ticking);
    parts.push(up);
  } else if (run.seconds) {
    parts.push(h('time', {}, duration(run.seconds)));
  }
  if (run.host) parts.push(run.host);
  $('run-meta').replaceChildren(...parts.map((p) => (typeof p === 'string' ? h('span', {}, p) : p)));
}

function renderFacts(run) {
  const began = { staged: 'staged', pending: 'made' }[run.status] ?? 'started';
  const facts = [
    [began, moment(run.since)], ['ended', moment(run.stopped)], ['tags', run.tags?.join(', ')],
    ['run', run.id], ['directory', run.dir], ['project', run.project],
  ];
  values($('run-facts'), facts.filter(([, value]) => value).map(([name, value]) => ({ name, value })));
}

function values(node, list, none) {
  if (!list.length) {
    node.replaceChildren(h('div', { class: 'none' }, h('dt', {}, none)));
    return;
  }
  node.replaceChildren(...list.map((v) => h('div', {}, h('dt', {}, v.name), h('dd', {}, v.value))));
}

// follow streams the output from where it was left, or its last part.
function follow() {
  const mine = open;
  const from = mine.next === null ? '' : `?offset=${mine.next}`;
  const source = new EventSource(`api/runs/${encodeURIComponent(mine.id)}/events${from}`);
  mine.source = source;
  const close = () => {
    source.close();
    if (mine.source === source) mine.source = null;
  };
  source.addEventListener('output', (e) => {
    if (open !== mine) return;
    const out = JSON.parse(e.data);
    if (out.reset || mine.next === null) {
      screen.clear();
      mine.from = out.offset;
    }
    mine.next = out.next;
    screen.append(out.text);
    if (screen.following && screen.trim()) mine.from = null; // the way back is no longer known
    said(out);
  });
  source.addEventListener('end', close);
  source.addEventListener('gone', (e) => {
    close();
    if (open === mine) complain(JSON.parse(e.data).error);
  });
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) close();
    else if (open === mine) text($('output-state'), 'waiting for the server');
  };
}

function said(out) {
  text($('output-state'), out.size ? progress(out.size, out.done) : '');
  const none = $('output-empty');
  none.hidden = !screen.empty;
  text(none, out.done ? 'This run printed nothing.' : 'Nothing printed yet.');
  earlier();
}

function earlier() {
  const button = $('output-earlier');
  button.hidden = !open.from;
  if (open.from) text(button, 'Earlier ↑');
}

$('output-earlier').addEventListener('click', async () => {
  const mine = open;
  const to = mine.from;
  const at = Math.max(0, to - chunk);
  const answer = await fetch(`api/runs/${encodeURIComponent(mine.id)}/output?offset=${at}&limit=${to - at}`);
  if (!answer.ok || open !== mine || mine.from !== to) return;
  const out = await answer.json();
  screen.prepend(out.text);
  mine.from = at;
  earlier();
});

$('output-end').addEventListener('click', () => screen.toEnd());

// A run at work writes files at any time.
setInterval(() => { if (open?.source && !document.hidden) showFiles(open.id); }, filesEvery);

document.addEventListener('visibilitychange', () => {
  if (!open) return;
  if (document.hidden) {
    open.source?.close();
    open.source = null;
  } else {
    follow();
  }
});

// The pane ends where the window does, wherever the page is scrolled to: the last line of output is always in sight.
function fit() {
  const top = Math.max(16, $('pane').parentElement.getBoundingClientRect().top);
  $('pane').style.setProperty('--pane', `${innerHeight - top - 16}px`);
}
addEventListener('scroll', fit, { passive: true });
new ResizeObserver(fit).observe(document.body);
addEventListener('resize', fit);
new ResizeObserver(() => screen.following && screen.toEnd()).observe($('output'));

// mark shows which row is open.
export function mark(rows) {
  for (const row of rows) set(row, 'aria-current', row.dataset.id === openId() ? 'true' : null);
}
