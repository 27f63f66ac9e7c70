// The view of schedulers: what each worker did in the last half hour, and the queue with the expected starts.

import { $, h, icon, keyed, set, svg, text } from './dom.js';
import { clockTime, count, duration, number } from './format.js';
import { heat, pack } from './spans.js';

const mostLanes = 64; // workers; with more, a strip shows how many were busy
const lane = 14; // px
const gap = 3;
const left = 34; // px for the workers' numbers
const states = ['running', 'completed', 'error', 'terminated', 'unknown'];

export function renderLanes(l) {
  const now = Date.parse(l.now) / 1000;
  keyed($('lanes'), l.schedulers, (s) => s.id, () => h('section', { class: 'lane-card' }, h('h2', {}), h('div', { class: 'lane-plot' }), h('p', { class: 'quiet' })), () => {});
  // Only nodes in the document have a width.
  l.schedulers.forEach((s, i) => renderScheduler($('lanes').children[i], s, l, now));
  $('lanes-empty').hidden = l.schedulers.length > 0;
  keyed($('lane-legend'), states, (s) => s, (s) => h('li', {}, h('i', { class: 'span-key', 'data-status': s, 'aria-hidden': 'true' }), s === 'unknown' ? 'deleted since' : s), () => {});
  renderQueue(l);
}

function renderScheduler(node, s, l, now) {
  const key = JSON.stringify(s) + Math.floor(now / 10) + node.clientWidth;
  if (node.dataset.drawn === key) return;
  node.dataset.drawn = key;
  const [head, plot, note] = node.children;
  head.replaceChildren(h('a', { href: `#run/${s.id}`, 'data-id': s.id }, s.kind), h('span', { class: 'n' }, `${s.host} · ${s.life} · ${count(s.workers, 'worker')}`));
  const lanes = pack(s.spans, s.workers, now, l.seconds);
  plot.replaceChildren(lanes.length > mostLanes ? strip(s, now, l.seconds) : draw(lanes, now, l.seconds, plot.clientWidth || 800));
  const words = [];
  if (lanes.length > mostLanes) words.push('One cell per minute, oldest first. A darker cell means more busy workers; a red edge means that runs failed.');
  if (s.cut) words.push('Only the latest runs are shown: the older part has gaps.');
  text(note, words.join(' '));
  note.hidden = !words.length;
}

function draw(lanes, now, seconds, width) {
  const height = lanes.length * (lane + gap) + 18;
  const x = (at) => left + Math.max(0, 1 - (now - at) / seconds) * (width - left);
  const busy = lanes.filter((list) => list.some((s) => s.status === 'running')).length;
  const plot = svg('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img',
    'aria-label': `${busy} of ${count(lanes.length, 'worker')} busy now; ${lanes.flat().length} runs in the last ${seconds / 60} minutes, by worker` });
  lanes.forEach((list, i) => {
    const y = i * (lane + gap);
    plot.append(svg('text', { x: left - 8, y: y + lane - 3, 'text-anchor': 'end' }, String(i + 1)), svg('rect', { class: 'lane', x: left, y, width: width - left, height: lane }));
    for (const s of list) {
      const rect = svg('rect', { class: 'span', 'data-status': s.status || 'unknown', x: x(s.from), y, width: Math.max(2, x(s.to) - x(s.from) - 1), height: lane, rx: 2 },
        svg('title', {}, `${s.name || s.run_id.slice(0, 8)}\n${s.status || 'deleted since'}, ${duration(s.to - s.from)}`));
      rect.addEventListener('click', () => { if (s.status) location.hash = `#run/${s.run_id}`; });
      plot.append(rect);
    }
  });
  for (const [part, anchor] of [[0, 'start'], [0.5, 'middle'], [1, 'end']]) {
    plot.append(svg('text', { x: left + part * (width - left), y: height - 3, 'text-anchor': anchor }, part === 1 ? 'now' : `${(1 - part) * seconds / 60} min ago`));
  }
  return plot;
}

// strip shows many workers as one cell per minute, darker the more of them were busy.
function strip(s, now, seconds) {
  const cells = heat(s.spans, s.workers, now, seconds);
  const axis = h('p', { class: 'heat-axis', 'aria-hidden': 'true' }, ...[1, 0.5, 0].map((part) => h('span', {}, part ? `${part * seconds / 60} min ago` : 'now')));
  const strip = h('div', { class: 'heat', role: 'img', 'aria-label': `Busy workers in each minute, the oldest first: ${cells.map((c) => `${Math.round(c.busy * 100)} %`).join(', ')}` },
    ...cells.map((c, i) => {
      const cell = h('i', { title: `${cells.length - i} min ago: ${Math.round(c.busy * s.workers)} of ${s.workers} busy${c.failed ? `, ${c.failed} failed` : ''}`, 'data-failed': c.failed > 0 });
      cell.style.setProperty('--busy', `${Math.round(c.busy * 100)}%`);
      return cell;
    }));
  return h('div', {}, strip, axis);
}

function renderQueue(l) {
  text($('n-queue'), number(l.queue.length));
  $('queue-empty').hidden = l.queue.length > 0;
  $('queue-table').hidden = !l.queue.length;
  keyed($('queue-rows'), l.queue, (r) => r.id, (r) => h('tr', {}, h('td', {}), h('th', { scope: 'row' }, h('a', { href: `#run/${r.id}`, 'data-id': r.id })), h('td', {}), h('td', {}), h('td', {})), (node, r) => {
    const [no, name, label, why, when] = node.children;
    text(no, String(r.position));
    text(name.firstElementChild, `${r.op} ${r.short_id}`);
    text(label, r.label);
    if (why.textContent !== r.reason) why.replaceChildren(icon('staged'), ` ${r.reason}`);
    text(when, r.expected ? clockTime(Date.parse(r.expected)) : 'not known');
    set(when, 'class', r.expected ? 'num' : 'num quiet');
  });
  text($('queue-note'), l.median ? `Expected starts: each run goes to the worker that is free first, and takes the median time of the latest runs of its operation (of all: ${duration(l.median)}). A run that waits for anything but a worker has no expected start.`
    : 'Starts cannot be predicted: no run has completed lately.');
}
