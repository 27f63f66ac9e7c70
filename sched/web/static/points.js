// A card with a point for each trial, and a line through some of them.

import { $, h, set, text } from './dom.js';
import { figure, shorten } from './format.js';
import { limits, logTicks } from './curve.js';
import { axisStyle, colour, fade, grey, inked, onTheme } from './palette.js';

const height = 220;
const near = 24; // px, the distance up to which the pointer selects a point
const wholes = Array.from({ length: 12 }, (_, i) => [1, 2, 5].map((v) => v * 10 ** i)).flat(); // steps between ticks
const mostWords = 14; // the most characters of a word at a tick

export class Points {
  #plot = null;
  #data = null;
  #at = null; // index of the selected point
  #down = 0;

  // open(id) opens the run of a point.
  constructor(name, open) {
    this.open = open;
    this.view = h('div', { class: 'plot', tabindex: 0, role: 'img', 'aria-roledescription': 'chart' });
    this.readout = h('p', { class: 'readout' });
    this.node = h('article', { class: 'chart-card', 'data-name': name }, h('header', {}, h('h3', { title: name }, name)), this.view, this.readout);
    this.view.addEventListener('keydown', (e) => this.#key(e));
    this.view.addEventListener('blur', () => this.#show(null));
    new ResizeObserver(() => { if (this.#plot && this.#plot.width !== this.#width()) this.#plot.setSize({ width: this.#width(), height }); }).observe(this.view);
    onTheme(() => { if (this.#data) this.draw(this.#data); });
  }

  // draw takes {points, x, y, line, align, log, clip, summary}. points is a list of {x, y, id, name, on} in any order; a point with on is
  // emphasized. x and y describe the axes: {label, log, whole, ticks}, with ticks as words for 0, 1, ... line(point) returns the height of
  // the line at a point, which steps before (align -1) or after (1) each point, or null for none.
  draw(data) {
    const points = data.points.filter((p) => p.x !== null && p.y !== null && (!data.x.log || p.x > 0)).sort((a, b) => a.x - b.x || a.y - b.y);
    this.#data = { ...data, points };
    this.#plot?.destroy();
    this.#plot = null;
    this.#at = null;
    set(this.view, 'aria-label', `${data.summary}. Arrow keys read the values.`);
    set(this.node, 'data-empty', points.length === 0);
    text(this.readout, points.length ? data.summary : 'No trial has a value for this yet.');
    if (points.length) this.#make();
  }

  remove() {
    this.#plot?.destroy();
    this.node.remove();
  }

  #width() { return Math.max(180, this.view.clientWidth); }

  #make() {
    const { points, x, y, line, align, log, clip } = this.#data;
    const values = [points.map((p) => (p.on ? null : p.y)), points.map((p) => (p.on ? p.y : null)), points.map(line ?? (() => null))];
    const range = limits([points.map((p) => p.y)], { log, clip });
    const lo = points[0].x;
    const hi = points.at(-1).x;
    const room = (hi - lo || 1) * 0.06;
    const axis = axisStyle();
    const word = (list) => list.map((v) => (v === null ? '' : Number.isInteger(v) && x.ticks[v] !== undefined ? shorten(x.ticks[v], mostWords) : ''));
    const number = (_, list) => list.map((v) => (v === null ? '' : figure(v)));
    const dots = (fill, size) => ({ stroke: fill, fill, width: 0, paths: () => null, points: { show: true, size, fill, stroke: fill } });
    this.#plot = new uPlot({
      width: this.#width(), height, pxAlign: false, legend: { show: false },
      scales: {
        x: { time: false, distr: x.log ? 3 : 1, range: x.log ? [lo / 1.3, hi * 1.3] : x.ticks ? [-0.5, Math.max(1, x.ticks.length) - 0.5] : [lo - room, hi + room] },
        y: { distr: log ? 3 : 1, range: () => range },
      },
      axes: [
        { ...axis, label: x.label, labelFont: axis.font, labelSize: 18, size: 26, space: x.ticks ? 64 : 50, values: x.ticks ? (_, list) => word(list) : number, ...((x.whole || x.ticks) && !x.log && { incrs: wholes }), ...(x.log && logTicks(5)) },
        { ...axis, size: 48, values: number, label: y.label, labelFont: axis.font, labelSize: 18, ...(log && logTicks(9)) },
      ],
      cursor: { drag: { x: !x.ticks, y: false, dist: 4 }, points: { size: 11 }, x: false, y: false, dataIdx: (u, i) => this.#nearest(u, values[i - 1]) },
      series: [{}, dots(line ? fade(grey(), 0.75) : colour(0), 6), dots(colour(1), 9),
        { stroke: colour(1), width: 1.6, spanGaps: true, points: { show: false }, paths: line ? uPlot.paths.stepped({ align }) : () => null }],
      hooks: { setCursor: [(u) => this.#moved(u)] },
    }, [points.map((p) => p.x), ...values], this.view);
    const { over } = this.#plot;
    over.addEventListener('pointerdown', (e) => { this.#down = e.clientX; });
    over.addEventListener('click', (e) => { if (this.#at !== null && Math.abs(e.clientX - this.#down) < 4) this.open(points[this.#at].id); });
  }

  // nearest returns the index of the point of a series next to the pointer, or null if none is near.
  #nearest(u, values) {
    const { left, top } = u.cursor;
    if (left < 0 || !values) return null;
    let best = null;
    let least = near * near;
    this.#data.points.forEach((p, i) => {
      if (values[i] === null || values[i] === undefined) return;
      const d = (u.valToPos(p.x, 'x') - left) ** 2 + (u.valToPos(p.y, 'y') - top) ** 2;
      if (d < least) [best, least] = [i, d];
    });
    return best;
  }

  #moved(u) { this.#show(this.#nearest(u, this.#data.points.map((p) => p.y))); }

  // show writes the point with an index.
  #show(at) {
    this.#at = at;
    if (!this.#data) return '';
    const { points, summary } = this.#data;
    const p = points[at];
    const words = p ? `${p.name} · ${this.#placed(p)}` : points.length ? summary : this.readout.textContent;
    text(this.readout, words);
    set(this.view, 'data-on', Boolean(p));
    return words;
  }

  // placed returns the position of a point; a trial, whose name already gives its x, only with its y.
  #placed(p) {
    const { x, y } = this.#data;
    const value = `${y.label} ${figure(p.y)}`;
    return x.label === 'trial' ? value : `${x.label} ${x.ticks ? x.ticks[p.x] : figure(p.x)} · ${value}`;
  }

  #key(e) {
    if (!this.#plot || e.ctrlKey || e.metaKey || e.altKey) return;
    const n = this.#data.points.length;
    const to = { ArrowRight: (this.#at ?? -1) + 1, ArrowLeft: (this.#at ?? n) - 1, Home: 0, End: n - 1 }[e.key];
    if (e.key === 'Enter' && this.#at !== null) this.open(this.#data.points[this.#at].id);
    else if (to === undefined) return;
    e.preventDefault();
    e.stopPropagation();
    if (to === undefined) return;
    const at = Math.max(0, Math.min(n - 1, to));
    const p = this.#data.points[at];
    this.#plot.setCursor({ left: this.#plot.valToPos(p.x, 'x'), top: this.#plot.valToPos(p.y, 'y') });
    text($('announce'), this.#show(at));
  }
}
