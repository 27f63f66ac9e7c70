// The upper part of the page: a sentence on the state of the runs, the throughput, the schedulers.

import { $, h, icon, inReport, keyed, rich, set, svg, text } from './dom.js';
import { ago, count, number, ticking } from './format.js';
import { tick } from './clock.js';

const sum = (list) => list.reduce((a, b) => a + b, 0);

export function renderOverview(s) {
  const c = s.counts;
  const alive = s.schedulers.filter((x) => x.life === 'live' || x.life === 'stopping');
  rich($('headline'), headline(c, alive.length > 0));
  rich($('subline'), s.error ? [`The runs cannot be read: ${s.error}`] : subline(c, alive));
  document.title = title(c);
  text($('where'), `on ${s.host}`);
  text($('root'), s.root);
  $('chosen').hidden = !s.chosen;
  renderSpark(s.throughput);
  keyed($('schedulers'), s.schedulers, (x) => x.id, makeCard, updateCard);
  $('schedulers-empty').hidden = s.chosen || s.schedulers.length > 0;
}

function headline(c, alive) {
  if (inReport()) return [[number(c.total)], c.total === 1 ? ' run' : ' runs'];
  if (c.running && c.staged) return [[number(c.running)], ' running, ', [number(c.staged)], ' waiting'];
  if (c.running) return [[number(c.running)], ' running, none waiting'];
  if (c.staged && !alive) return [[number(c.staged)], c.staged === 1 ? ' run waits for a scheduler' : ' runs wait for a scheduler'];
  if (c.staged) return [[number(c.staged)], ' waiting'];
  return [c.total ? 'All quiet' : 'Nothing has run here yet'];
}

function subline(c, alive) {
  const parts = [];
  const hosts = new Set(alive.map((x) => x.host)).size;
  const slots = sum(alive.map((x) => x.workers));
  const busy = sum(alive.map((x) => x.busy.length));
  if (slots) parts.push([`${busy} of ${count(slots, 'worker')}`], ` busy on ${count(hosts, 'host')}. `);
  const ended = [];
  if (c.completed) ended.push(`${number(c.completed)} completed`);
  if (c.error) ended.push(`${number(c.error)} failed`);
  if (c.terminated) ended.push(`${number(c.terminated)} stopped`);
  if (c.pending) ended.push(`${number(c.pending)} not started`);
  if (ended.length) parts.push(`${ended.join(', ')} of ${count(c.total, 'run')}.`);
  if (c.unread) parts.push(` Still counting ${number(c.unread)}.`);
  return parts.length ? parts : ['\u00a0'];
}

function title(c) {
  const parts = [];
  if (c.running) parts.push(`${number(c.running)} running`);
  if (c.staged) parts.push(`${number(c.staged)} waiting`);
  return [...parts, 'guild'].join(' · ');
}

function renderSpark(t) {
  const figure = $('spark');
  const plot = figure.querySelector('svg');
  const key = JSON.stringify(t);
  figure.hidden = inReport();
  if (plot.dataset.key === key) return;
  plot.dataset.key = key;
  const n = t.completed.length;
  const step = 240 / n;
  const top = Math.max(4, ...t.completed.map((c, i) => c + t.failed[i]));
  const bar = (i, from, value, kind) => svg('rect', {
    class: kind, x: i * step + 1, width: step - 2, y: 42 - ((from + value) / top) * 38, height: (value / top) * 38,
  });
  const bars = [svg('line', { x1: 0, x2: 240, y1: 43, y2: 43 })];
  for (let i = 0; i < n; i++) {
    if (t.completed[i]) bars.push(bar(i, 0, t.completed[i], 'good'));
    if (t.failed[i]) bars.push(bar(i, t.completed[i], t.failed[i], 'bad'));
  }
  plot.replaceChildren(...bars);
  const good = sum(t.completed);
  const bad = sum(t.failed);
  text($('spark-text'), good + bad === 0 ? `no run ended in the last ${n} min`
    : `${number(good + bad)} ended in ${n} min${bad ? ` · ${number(bad)} not completed` : ''}`);
}

const maxBlocks = 48;

function makeCard(x) {
  const part = (name, tag = 'span') => h(tag, { class: name });
  return h('li', { class: 'card' },
    h('div', { class: 'card-head' },
      h('a', { class: 'card-name', href: `#run/${x.id}`, 'data-id': x.id }),
      part('here'), part('life')),
    part('card-place', 'p'),
    h('div', { class: 'slots' }, part('blocks', 'div'), part('slots-text', 'p')),
    part('resources', 'ul'),
    part('card-tally', 'p'),
    part('pulse', 'p'));
}

function updateCard(node, x) {
  const find = (name) => node.querySelector(`.${name}`);
  set(node, 'data-life', x.life);
  text(find('card-name'), x.kind);
  text(find('here'), x.here ? 'this page' : '');
  set(find('here'), 'title', x.here && 'serves this page');
  const life = find('life');
  if (life.dataset.life !== x.life) {
    life.dataset.life = x.life;
    life.replaceChildren(icon(x.life), x.life);
  }
  renderPlace(find('card-place'), x);
  renderSlots(find('blocks'), find('slots-text'), x);
  keyed(find('resources'), x.resources ?? [], (r) => r.name, makeResource, updateResource);
  rich(find('card-tally'), [[number(x.waiting)], ' waiting · ', [number(x.done)], ' done · ', [number(x.failed)], ' failed']);
  renderPulse(find('pulse'), x);
}

function renderPlace(node, x) {
  const key = [x.host, x.pid, x.started, x.dashboard, x.here].join();
  if (node.dataset.key === key) return;
  node.dataset.key = key;
  const up = h('time', { datetime: x.started });
  tick(up, x.started, (s) => `up ${ticking(s)}`);
  node.replaceChildren(h('b', {}, x.host), ` · pid ${x.pid} · `, up);
  if (x.dashboard && !x.here) node.append(' · ', h('a', { href: x.dashboard, rel: 'noreferrer' }, 'its page'));
}

function renderSlots(blocks, words, x) {
  const busy = x.busy.length;
  text(words, `${busy} of ${count(x.workers, 'worker')} busy`);
  set(blocks, 'data-many', x.workers > maxBlocks);
  if (x.workers > maxBlocks) {
    const bar = blocks.firstElementChild ?? blocks.appendChild(h('div', { class: 'fill' }));
    bar.style.width = `${(100 * busy) / x.workers}%`;
    return;
  }
  const owned = new Map(x.busy.map((b) => [b.worker, b.run_id]));
  const slots = Array.from({ length: x.workers }, (_, i) => ({ worker: i + 1, run: owned.get(i + 1) }));
  keyed(blocks, slots, (b) => String(b.worker), () => h('i', { class: 'block' }), (node, b) => {
    set(node, 'data-busy', b.run !== undefined);
    set(node, 'title', b.run ? `worker ${b.worker}: ${b.run.slice(0, 8)}` : `worker ${b.worker}: free`);
  });
}

function makeResource() {
  return h('li', {}, h('span', { class: 'r-name' }), h('div', { class: 'meter', 'aria-hidden': 'true' }, h('div', { class: 'fill' })),
    h('span', { class: 'r-text' }));
}

function updateResource(node, r) {
  text(node.querySelector('.r-name'), r.name);
  text(node.querySelector('.r-text'), `${number(r.used)} of ${number(r.total)}`);
  node.querySelector('.fill').style.width = `${r.total > 0 ? Math.min(100, (100 * r.used) / r.total) : 0}%`;
}

function renderPulse(node, x) {
  const every = `polls every ${number(x.poll_interval)}s${x.run_once ? ', ends with the queue' : ''}`;
  const form = {
    live: (s) => `${every} · heard ${ago(s)}`,
    stopping: (s) => `stopping: starts nothing more, heard ${ago(s)}`,
    silent: (s) => `no sign of life for ${ticking(s)}`,
    lost: (s) => `${x.reason || 'its process is gone'}, ${ago(s)}`,
  }[x.life];
  tick(node, x.heartbeat, form);
}
