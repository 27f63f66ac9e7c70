// The comparison: runs side by side, with their flags and scalars. The server decides on the rows, the columns and their order.

import { $, h, icon, keyed, set, text } from './dom.js';
import { count, number, rounded } from './format.js';
import { at, go } from './address.js';
import { renderColumns } from './columns.js';
import { Parallel } from './parallel.js';

export const mostRows = 2000; // of one answer

const kinds = { run: '', attribute: 'attributes', flag: 'flags', scalar: 'scalars' };

let table = null; // the last answer
let held = null; // an answer that arrived while a range of the chart was being dragged
let showSame = false;
const chart = new Parallel($('parallel'), renderRows, () => { if (held) renderTable(held); });

export function renderTable(t) {
  held = chart.dragging ? t : null;
  if (held) return;
  table = t;
  $('compare-empty').hidden = t.rows.length > 0;
  $('compare-content').hidden = t.rows.length === 0;
  redraw();
}

// redraw shows the selected columns of the last answer.
export function redraw() {
  set($('compare-table'), 'aria-busy', null);
  if (table?.rows.length) render();
}

// busy shows that another order or other columns have been requested.
const busy = () => set($('compare-table'), 'aria-busy', 'true');

const hidden = (c) => at().hide.includes(c.name);

// shown returns the visible columns with their indexes: without hidden columns and, unless showSame is set, without those that are the same
// in all rows. The first column, the id, is always visible. Columns are sorted by kind.
function shown() {
  const differs = (c) => !c.same || (c.kind === 'run' && table.rows[0].cells[c.i] !== null);
  return table.columns.map((c, i) => ({ ...c, i })).filter((c) => c.i === 0 || !hidden(c) && (showSame || differs(c)))
    .sort((a, b) => Object.keys(kinds).indexOf(a.kind) - Object.keys(kinds).indexOf(b.kind));
}

function render() {
  const columns = shown();
  renderColumns(table.columns.slice(1), hidden);
  renderHead(columns);
  renderSame();
  chart.render(columns.filter((c) => c.kind !== 'run'), table.rows, at().min || at().max);
  renderRows();
}

function renderHead(columns) {
  const groups = [];
  for (const c of columns) {
    if (groups.at(-1)?.kind === c.kind) groups.at(-1).n++;
    else groups.push({ kind: c.kind, n: 1 });
  }
  const key = JSON.stringify([columns, at().min, at().max]);
  const head = $('compare-head');
  if (head.dataset.key === key) return;
  const focused = document.activeElement?.dataset?.column;
  head.dataset.key = key;
  head.replaceChildren(
    h('tr', { class: 'groups' }, ...groups.map((g) => h(kinds[g.kind] ? 'th' : 'td', { colspan: g.n, scope: kinds[g.kind] ? 'colgroup' : null, 'data-kind': g.kind }, kinds[g.kind]))),
    h('tr', {}, ...columns.map(heading)));
  if (focused) head.querySelector(`[data-column="${CSS.escape(focused)}"]`)?.focus();
}

function heading(c, i, all) {
  const order = at().min === c.name ? 'ascending' : at().max === c.name ? 'descending' : null;
  const button = h('button', { type: 'button', 'data-column': c.name, title: c.name }, h('span', {}, c.name), h('i', { 'aria-hidden': 'true' }));
  button.addEventListener('click', () => sortBy(c.name));
  return h('th', { scope: 'col', class: classOf(c, all[i - 1]), 'aria-sort': order }, button);
}

const classOf = (c, before) => [c.numeric && 'num', c.same && 'same', before && before.kind !== c.kind && 'first'].filter(Boolean).join(' ') || null;

// sortBy sorts in ascending order, at the second call in descending order, and at the third by time of start again.
function sortBy(name) {
  busy();
  if (at().min === name) go({ min: '', max: name });
  else if (at().max === name) go({ min: '', max: '' });
  else go({ min: name, max: '' });
}

function renderSame() {
  const same = table.columns.map((c, i) => ({ ...c, i })).filter((c) => c.same && c.kind !== 'run' && !hidden(c));
  $('compare-same').hidden = same.length === 0;
  text($('same-text'), `The same in all ${number(table.rows.length)}:`);
  keyed($('same-values'), showSame ? [] : same, (c) => c.name, () => h('li', {}, h('span', {}), h('code', {})), (node, c) => {
    text(node.firstElementChild, c.name);
    text(node.lastElementChild, shownValue(table.rows[0].cells[c.i], c) ?? 'none');
  });
  set($('same-toggle'), 'aria-pressed', showSame ? 'true' : 'false');
  text($('same-toggle'), showSame ? 'Hide' : 'Show as columns');
}

$('same-toggle').addEventListener('click', () => {
  showSame = !showSame;
  render();
});

const scroller = $('compare-table').parentElement;
const spare = 15; // rows rendered above and below the visible ones
let passing = []; // the rows within the ranges of the chart
let first = 0; // index in passing of the first rendered row

const rowHeight = () => $('compare-rows').firstElementChild?.offsetHeight || 34;

// renderWindow renders the rows of passing that are visible.
function renderWindow() {
  const columns = shown();
  const height = rowHeight();
  const n = Math.ceil((scroller.clientHeight || innerHeight) / height) + 2 * spare;
  first = Math.max(0, Math.min(passing.length - n, Math.floor(scroller.scrollTop / height) - spare));
  const rows = passing.slice(first, first + n);
  keyed($('compare-rows'), rows, (r) => r.id, makeRow, (node, r) => fill(node, r, columns));
  [...$('compare-rows').children].forEach((row, i) => set(row, 'aria-rowindex', first + i + 3));
  set($('compare-table'), 'aria-rowcount', passing.length + 2);
  for (const [id, rest] of [['compare-above', first], ['compare-below', passing.length - first - rows.length]]) {
    $(id).colSpan = columns.length;
    $(id).style.height = `${rest * height}px`;
    $(id).parentElement.hidden = rest === 0;
  }
}

scroller.addEventListener('scroll', () => { if (table?.rows.length) renderWindow(); }, { passive: true });

// scrollTable moves the focus by some rows, to a row that is not rendered yet.
export function scrollTable(by) {
  if ($('compare-view').hidden || !passing.length) return false;
  const from = passing.findIndex((r) => r.id === document.activeElement?.dataset?.id);
  const to = Math.max(0, Math.min(passing.length - 1, from + by));
  scroller.scrollTop = to * rowHeight() - scroller.clientHeight / 2;
  renderWindow();
  const row = $('compare-rows').children[to - first];
  row?.querySelector('a').focus();
  return Boolean(row);
}

// renderRows shows the rows within the ranges of the chart.
function renderRows() {
  passing = table.rows.filter((_, i) => chart.passes(i));
  const rows = passing;
  renderWindow();
  const cut = table.rows.length < table.matched;
  const which = at().min || at().max ? 'the first' : 'the latest';
  const words = cut ? `${which} ${number(table.rows.length)} of ${number(table.matched)}` : count(table.rows.length, 'run');
  text($('n-compare'), rows.length < table.rows.length ? `${number(rows.length)} in range, of ${words}` : words);
  $('compare-more').hidden = !cut || table.rows.length >= mostRows;
  chart.hover(null);
}

function makeRow(r) {
  const row = h('tr', {});
  row.addEventListener('pointerenter', () => chart.hover(r.id));
  row.addEventListener('pointerleave', () => chart.hover(null));
  row.addEventListener('focusin', () => chart.hover(r.id));
  // A click anywhere in the row opens the run, unless it selects text.
  row.addEventListener('click', (e) => { if (!e.target.closest('a') && getSelection().isCollapsed) row.querySelector('a').click(); });
  return row;
}

function fill(row, r, columns) {
  const key = JSON.stringify([r, columns]);
  if (row.dataset.run === key) return;
  const focused = row.contains(document.activeElement);
  row.dataset.run = key;
  row.replaceChildren(...columns.map((c, i) => cell(r, c, columns[i - 1])));
  if (focused) row.querySelector('a').focus({ preventScroll: true });
}

function cell(r, c, before) {
  const value = r.cells[c.i];
  if (c.i === 0) return h('th', { scope: 'row' }, h('a', { href: `#run/${r.id}`, 'data-id': r.id, class: 'sid' }, value));
  const node = h('td', { class: classOf(c, before) });
  if (c.name === 'status' && c.kind === 'run') node.append(h('span', { class: 'st', 'data-status': r.status }, icon(r.status), r.status));
  else if (value === null) node.append(h('span', { class: 'none', 'aria-label': 'none' }, '·'));
  else node.append(shownValue(value, c));
  if (value && (value.length > 28 || value !== shownValue(value, c))) set(node, 'title', value);
  return node;
}

// shownValue returns the rounded text of a cell. The cell's title has all digits.
const shownValue = (value, column) => (value !== null && column.numeric ? rounded(value) : value);
