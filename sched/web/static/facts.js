// The overview of a run: its last values, flags, family and facts.

import { $, h, icon, keyed, svg } from './dom.js';
import { figure, moment, number } from './format.js';

const known = new Set(['flags', 'label', 'tags', 'id', 'started', 'stopped', 'exit_status', 'host', 'initialized', 'batch']);
const sparkWidth = 96;
const sparkHeight = 22;

export function renderFacts(run) {
  renderScalars(run.scalars);
  renderFamily(run);
  const began = { staged: 'staged', pending: 'made' }[run.status] ?? 'started';
  const facts = [
    [began, moment(run.since)], ['ended', moment(run.stopped)], ['tags', run.tags?.join(', ')],
    ['run', run.id], ['directory', run.dir], ['project', run.project],
  ];
  values($('run-facts'), facts.filter(([, value]) => value).map(([name, value]) => ({ name, value })));
  values($('run-flags'), run.flags, 'This run has no flags.');
  values($('run-attrs'), run.attributes.filter((a) => !known.has(a.name)), 'No other attributes.');
  const commands = [`guild cat --output ${run.short_id}`, `guild runs info ${run.short_id}`];
  if (run.status === 'running') commands.unshift(`guild stop ${run.short_id}`);
  if (run.status === 'staged' || run.status === 'pending') commands.unshift(`guild run --start ${run.short_id}`);
  keyed($('run-commands'), commands, (c) => c, (c) => h('code', {}, c), () => {});
}

function renderScalars(list) {
  if (!list.length) {
    $('run-scalars').replaceChildren(h('p', { class: 'quiet' }, 'No scalars yet. What it prints as "loss: 0.5", or writes with TensorBoard, is shown here.'));
    return;
  }
  const cell = (p) => h('td', { class: 'num', title: `step ${number(p.step)}` }, figure(p.value));
  $('run-scalars').replaceChildren(h('table', { class: 'table scalars' },
    h('thead', {}, h('tr', {}, ...['scalar', 'last', 'min', 'max', 'step'].map((t, i) => h('th', { scope: 'col', class: i ? 'num' : null }, t)), h('td', {}))),
    h('tbody', {}, ...list.map((s) => h('tr', {}, h('th', { scope: 'row', title: s.name }, s.name), cell(s.last), cell(s.min), cell(s.max),
      h('td', { class: 'num' }, number(s.last.step)), h('td', { class: 'sparkline' }, spark(s.spark)))))));
}

// spark returns a small curve without axes.
function spark(list) {
  const some = (list ?? []).filter((v) => v !== null);
  if (some.length < 2) return '';
  const lo = Math.min(...some);
  const span = Math.max(...some) - lo || 1;
  const points = list.map((v, i) => (v === null ? null : `${((i * sparkWidth) / (list.length - 1)).toFixed(1)},${(sparkHeight - 2 - ((v - lo) / span) * (sparkHeight - 4)).toFixed(1)}`));
  return svg('svg', { viewBox: `0 0 ${sparkWidth} ${sparkHeight}`, width: sparkWidth, height: sparkHeight, 'aria-hidden': 'true' }, svg('polyline', { points: points.filter(Boolean).join(' ') }));
}

function renderFamily(run) {
  const rows = [];
  if (run.parent) rows.push(['part of', [run.parent]]);
  if (run.children?.length) rows.push([run.children.length === 1 ? 'its run' : `its ${number(run.children.length)} runs`, run.children]);
  $('family').hidden = rows.length === 0;
  $('run-family').replaceChildren(...rows.map(([name, list]) => h('div', {}, h('dt', {}, name), h('dd', {}, h('ul', { class: 'family' }, ...list.map(relative))))));
}

function relative(r) {
  return h('li', {}, h('span', { class: 'st', 'data-status': r.status, title: r.status }, icon(r.status)),
    h('a', { href: `#run/${r.id}/overview` }, r.op || r.short_id), h('span', { class: 'quiet' }, [r.as, r.label].filter(Boolean).join(' · ')), h('code', {}, r.short_id));
}

export function values(node, list, none) {
  if (!list.length) {
    node.replaceChildren(h('div', { class: 'none' }, h('dt', {}, none)));
    return;
  }
  node.replaceChildren(...list.map((v) => h('div', {}, h('dt', {}, v.name), h('dd', {}, v.value))));
}
