// The view of charts: on the left the list of runs, on the right the board.

import { $, h, keyed, set, text } from './dom.js';
import { count, number } from './format.js';
import { at, go } from './address.js';
import { isSystem, makeBoard } from './board.js';
import { makeSettings } from './settings.js';

const newest = 10; // runs that are drawn by default: those that started last
export const mostPicks = 100;

let found = null; // the runs that match the filter
let flags = []; // the names of the flags of the drawn runs
let drawn = new Map(); // by id: what the board knows of the run

const updateSettings = makeSettings($('chart-settings'), () => flags);

const board = makeBoard('board', {
  only: (name, words) => !isSystem(name) || words.some((w) => w.startsWith('sys')),
  onRuns: (runs) => {
    drawn = new Map(runs.map((r) => [r.id, r]));
    flags = [...new Set(runs.flatMap((r) => Object.keys(r.flags)))].sort();
    updateSettings();
    renderPicks();
  },
  onHover: (id) => { for (const row of $('picks').children) set(row, 'data-hover', row.dataset.key === id); },
  open: (id) => { location.hash = `#run/${id}`; },
});

// chosen returns the ids of the runs to draw.
const chosen = () => (at().runs === 'none' ? [] : at().runs ? at().runs.split(',') : (found?.runs ?? []).filter((r) => r.status !== 'staged' && r.status !== 'pending').slice(0, newest).map((r) => r.id));

// renderCharts lists the runs and draws the chosen ones.
export function renderCharts(m) {
  found = m;
  text($('n-charts'), '');
  $('charts-empty').hidden = m.matched > 0;
  text($('charts-empty').firstElementChild, m.total ? 'No run matches the filter.' : 'There is no run to draw yet. guild run OP makes one.');
  draw();
}

export function draw() {
  if (!found) return;
  renderPicks();
  board.show(chosen());
}

// leaveCharts stops the streams of the charts when another view is shown.
export const leaveCharts = () => board.show([]);

function renderPicks() {
  if (!found) return;
  const ids = chosen();
  const listed = new Set(found.runs.map((r) => r.id));
  const others = ids.filter((id) => !listed.has(id)).map((id) => drawn.get(id) ?? { id, short_id: id.slice(0, 8), op: '', label: 'not among the newest' });
  keyed($('picks'), [...others, ...found.runs], (r) => r.id, makePick, (node, r) => {
    const on = ids.includes(r.id);
    const [box, swatch, link] = node.children;
    box.checked = on;
    set(box, 'aria-label', `Draw ${r.op} ${r.short_id}`);
    swatch.style.background = on ? drawn.get(r.id)?.colour ?? '' : '';
    set(node, 'data-on', on);
    text(link.firstElementChild, r.op);
    text(link.lastElementChild, r.label);
    set(link, 'title', `${r.op} ${r.label}\n${r.short_id}`);
  });
  set($('picks'), 'data-one', new Set([...others, ...found.runs].map((r) => r.op)).size === 1);
  text($('n-charts'), ids.length ? `${count(ids.length, 'run')} of ${number(found.matched)}` : '');
  $('picks-more').hidden = found.runs.length >= found.matched;
  text($('picks-more'), `The newest ${number(found.runs.length)} of ${number(found.matched)}: filter to see others.`);
  $('picks-diff').hidden = ids.length !== 2;
  if (ids.length === 2) set($('picks-diff'), 'href', `#diff/${ids.join('/')}`);
}

function makePick(r) {
  const box = h('input', { type: 'checkbox' });
  const node = h('li', {}, box, h('i', { class: 'swatch', 'aria-hidden': 'true' }),
    h('a', { href: `#run/${r.id}`, 'data-id': r.id }, h('span', { class: 'op' }), h('span', { class: 'label' })));
  box.addEventListener('change', () => {
    const ids = chosen().filter((id) => id !== r.id);
    if (box.checked) ids.push(r.id);
    go({ runs: ids.join(',') || 'none' });
  });
  node.addEventListener('pointerenter', () => board.hover(r.id));
  node.addEventListener('pointerleave', () => board.hover(null));
  return node;
}

$('picks-newest').addEventListener('click', () => go({ runs: '' }));
$('picks-none').addEventListener('click', () => go({ runs: 'none' }));
