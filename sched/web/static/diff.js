// Two runs compared: their flags, last values, facts and source code.

import { $, h, icon, text } from './dom.js';
import { figure } from './format.js';
import { isSystem, makeBoard } from './board.js';
import { makeSettings } from './settings.js';
import { renderFiles } from './difflines.js';
import { colour, onTheme } from './palette.js';

let shown = '';

const board = makeBoard('diff-board', { only: (name) => !isSystem(name), open: (id) => { location.hash = `#run/${id}`; } });
makeSettings($('diff-settings'), null);

export async function showDiff(a, b) {
  if (shown === `${a}/${b}`) return;
  shown = `${a}/${b}`;
  const mine = shown;
  $('diff-content').replaceChildren(h('p', { class: 'quiet' }, 'Reading the runs…'));
  $('diff-source').replaceChildren();
  let diff;
  try {
    const answer = await fetch(`api/diff?a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`);
    diff = await answer.json();
    if (!answer.ok) throw new Error(diff.error);
  } catch (err) {
    if (shown === mine) $('diff-content').replaceChildren(h('p', { class: 'empty' }, err.message));
    return;
  }
  if (shown !== mine) return;
  render(diff);
  board.show([a, b]);
  $('h-diff').focus({ preventScroll: true });
}

export function leaveDiff() {
  if (!shown) return;
  shown = '';
  board.show([]);
}

function render(d) {
  text($('h-diff'), `${d.a.op || d.a.short_id} and ${d.b.op || d.b.short_id}`);
  const head = (first) => h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, first), ...[d.a, d.b].map((r, i) => h('th', { scope: 'col' },
    h('i', { class: 'swatch', 'data-curve': i, 'aria-hidden': 'true' }), h('span', { class: 'st', 'data-status': r.status }, icon(r.status)), ' ', h('a', { href: `#run/${r.id}` }, r.short_id)))));
  const cell = (v) => h('td', {}, v === null ? h('span', { class: 'none' }, '·') : v);
  const rows = (list) => list.map((v) => h('tr', { class: v.a === v.b ? 'alike' : 'differs' }, h('th', { scope: 'row' }, v.name), cell(v.a), cell(v.b)));
  const table = (name, first, body) => h('section', {}, h('h2', {}, name),
    h('div', { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': name }, h('table', { class: 'table pair' }, head(first), h('tbody', {}, ...body))));
  // Rows that differ come first.
  const sorted = (list) => [...list].sort((x, y) => Number(x.a === x.b) - Number(y.a === y.b));
  const scalar = (s) => {
    const of = (v) => (v ? figure(v.last.value) : null);
    return { name: s.name, a: of(s.a), b: of(s.b) };
  };
  $('diff-content').replaceChildren(h('div', { class: 'pairs' },
    table('Flags', 'flag', d.flags.length ? rows(sorted(d.flags)) : [h('tr', {}, h('td', { colspan: 3, class: 'quiet' }, 'Neither run has flags.'))]),
    table('Last values', 'scalar', d.scalars.length ? rows(sorted(d.scalars.map(scalar))) : [h('tr', {}, h('td', { colspan: 3, class: 'quiet' }, 'Neither run has scalars.'))]),
    table('Facts', 'fact', rows(sorted(d.facts)))));
  paint();
  renderFiles($('diff-source'), d.source, d.a.short_id);
}

// paint gives the runs in the tables the colours of their curves.
function paint() {
  for (const swatch of $('diff-content').querySelectorAll('[data-curve]')) swatch.style.background = colour(Number(swatch.dataset.curve));
}
onTheme(paint);
