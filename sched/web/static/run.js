// The open run: its head, and its parts, of which one is shown at a time.

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
let tab = 'overview'; // kept when another run is opened

const charts = makeBoard('run-board', { only: (name) => !isSystem(name) });
const system = makeBoard('system-board', { only: isSystem });
makeSettings($('run-settings'), null);

export const openId = () => open?.id ?? null;

// openRun returns the server's answer about the open run, null before it arrives.
export const openRun = () => open?.run ?? null;

export const isPart = (name) => Object.hasOwn(parts, name);

// show opens a run at a part; an empty part is the one shown last. row is the run's row in the lists, which is shown until the server
// answers.
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

// turn goes to a part by name, or with 1 or -1 to the next or previous one.
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
  $('run-tabs').querySelector('[aria-current]').scrollIntoView({ block: 'nearest', inline: 'nearest' }); // if not all tabs fit
  for (const section of document.querySelectorAll('#run > [data-tab]')) section.hidden = section.dataset.tab !== tab;
  charts.show(tab === 'charts' ? [id] : []);
  system.show(tab === 'system' ? [id] : []);
  if (tab === 'output') openOutput(id);
  else closeOutput();
  if (tab === 'files') showFiles(id);
  if (tab === 'source') showSource(id);
}

// update is called with the open run's row of a new snapshot.
export function update(row) {
  if (!open || !row) return;
  const key = JSON.stringify(row);
  if (open.row === key) return;
  open.row = key;
  load();
  if (tab === 'files') showFiles(open.id);
  if (tab === 'output') openOutput(open.id); // the run may have been restarted
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

// The facts and files of a running run change without a new snapshot.
setInterval(() => {
  if (open?.status !== 'running' || document.hidden) return;
  if (tab === 'files') showFiles(open.id);
  if (tab === 'overview') load();
}, filesEvery);

// The pane always ends at the bottom of the window, so that the last line of output stays visible.
function fit() {
  const top = Math.max(16, $('pane').parentElement.getBoundingClientRect().top);
  $('pane').style.setProperty('--pane', `${innerHeight - top - 16}px`);
}
addEventListener('scroll', fit, { passive: true });
new ResizeObserver(fit).observe(document.body);
addEventListener('resize', fit);

// mark marks the row of the open run.
export function mark() {
  const id = openId();
  for (const link of document.querySelectorAll('a[data-id][aria-current]')) if (link.dataset.id !== id) link.removeAttribute('aria-current');
  if (!id) return;
  for (const link of document.querySelectorAll(`a[data-id="${CSS.escape(id)}"]`)) set(link, 'aria-current', 'true');
}
