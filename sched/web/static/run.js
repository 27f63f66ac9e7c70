// The run that is open: its head, and its parts, of which one is shown at a time.

import { $, h, icon, keyed, set, text } from './dom.js';
import { duration, exit, ticking } from './format.js';
import { tick } from './clock.js';
import { closeOutput, openOutput } from './output.js';
import { showFiles } from './files.js';
import { renderFacts } from './facts.js';
import { showSource } from './sourcecode.js';
import { isSystem, makeBoard } from './board.js';
import { makeSettings } from './settings.js';

const parts = { overview: 'Overview', charts: 'Charts', output: 'Output', files: 'Files', system: 'System', source: 'Source' };
const filesEvery = 5000; // milliseconds

let open = null; // {id, row, status}: the run in the pane
let tab = 'overview'; // stays when another run is opened

const charts = makeBoard('run-board', { only: (name) => !isSystem(name) });
const system = makeBoard('system-board', { only: isSystem });
makeSettings($('run-settings'), null);

export const openId = () => open?.id ?? null;

// openRun is what the server says of the open run, null before it has.
export const openRun = () => open?.run ?? null;

export const isPart = (name) => Object.hasOwn(parts, name);

// show opens a run at a part of it, which may be empty for the one that was shown last. row is what the lists say of it, which is
// there at once.
export function show(id, row, part) {
  const other = open?.id !== id;
  if (other) {
    hide();
    open = { id, row: JSON.stringify(row), status: row?.status };
    $('pane').hidden = false;
    $('run-reason').hidden = true;
    text($('run-title'), row?.op ?? id.slice(0, 8));
    text($('run-label'), row?.label ?? '');
    for (const name of ['run-flags', 'run-meta', 'run-facts', 'run-attrs', 'run-commands', 'run-scalars', 'run-family']) $(name).replaceChildren();
    load();
  }
  if (other || part && part !== tab) {
    tab = part || tab;
    showTab();
  }
}

export function hide() {
  closeOutput();
  charts.show([]);
  system.show([]);
  open = null;
  $('pane').hidden = true;
}

// turn goes to a part by its name, or to the next or the one before.
export function turn(to) {
  if (!open) return;
  const names = Object.keys(parts);
  tab = typeof to === 'string' ? to : names[(names.indexOf(tab) + to + names.length) % names.length];
  history.replaceState(null, '', `#run/${open.id}/${tab}`);
  showTab();
}

function showTab() {
  const { id } = open;
  keyed($('run-tabs'), Object.entries(parts), ([name]) => name, ([, words]) => h('a', {}, words), (link, [name]) => {
    set(link, 'href', `#run/${id}/${name}`);
    set(link, 'aria-current', name === tab ? 'page' : null);
  });
  $('run-tabs').querySelector('[aria-current]').scrollIntoView({ block: 'nearest', inline: 'nearest' }); // where not all fit
  for (const section of document.querySelectorAll('#run > [data-tab]')) section.hidden = section.dataset.tab !== tab;
  charts.show(tab === 'charts' ? [id] : []);
  system.show(tab === 'system' ? [id] : []);
  if (tab === 'output') openOutput(id);
  else closeOutput();
  if (tab === 'files') showFiles(id);
  if (tab === 'source') showSource(id);
}

// update is called with what a new snapshot says of the open run.
export function update(row) {
  if (!open || !row) return;
  const key = JSON.stringify(row);
  if (open.row === key) return;
  open.row = key;
  load();
  if (tab === 'files') showFiles(open.id);
  if (tab === 'output') openOutput(open.id); // it may have been started again
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

export function complain(why) {
  $('run-reason').hidden = false;
  text($('run-reason'), why);
}

function render(run) {
  open.status = run.status;
  open.run = run;
  text($('run-title'), run.op || 'unknown operation');
  text($('run-label'), run.label);
  renderMeta(run);
  const reason = run.reason || JSON.parse(open.row ?? '{}')?.reason;
  $('run-reason').hidden = !reason;
  text($('run-reason'), reason ?? '');
  renderFacts(run);
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
  parts.push(h('code', {}, run.short_id));
  $('run-meta').replaceChildren(...parts.map((p) => (typeof p === 'string' ? h('span', {}, p) : p)));
}

// What a run at work says of itself changes at any time.
setInterval(() => {
  if (open?.status !== 'running' || document.hidden) return;
  if (tab === 'files') showFiles(open.id);
  if (tab === 'overview') load();
}, filesEvery);

// The pane ends where the window does, wherever the page is scrolled to: the last line of output is always in sight.
function fit() {
  const top = Math.max(16, $('pane').parentElement.getBoundingClientRect().top);
  $('pane').style.setProperty('--pane', `${innerHeight - top - 16}px`);
}
addEventListener('scroll', fit, { passive: true });
new ResizeObserver(fit).observe(document.body);
addEventListener('resize', fit);

// mark shows which row is open.
export function mark() {
  const id = openId();
  for (const link of document.querySelectorAll('a[data-id][aria-current]')) if (link.dataset.id !== id) link.removeAttribute('aria-current');
  if (!id) return;
  for (const link of document.querySelectorAll(`a[data-id="${CSS.escape(id)}"]`)) set(link, 'aria-current', 'true');
}
