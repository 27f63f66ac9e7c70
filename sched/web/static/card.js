// One chart: one scalar of some runs.

import { $, h, set, text } from './dom.js';
import { dayTime, figure, moment, number, ticking } from './format.js';
import { align, decode, group, limits, logTicks, smooth } from './curve.js';
import { axisStyle, fade, inked } from './palette.js';

const height = 200;
const points = 1000; // of each run
const rowsOfTable = 100;
const minute = 60;
const times = [1, 2, 5, 10, 20, 30, minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400, 2 * 86400, 7 * 86400, 30 * 86400];

export class Card {
  #board;
  #plot = null;
  #shape = ''; // of the plot; if it changes, the plot is made anew
  #raw = new Map(); // by run: {x, y, n, start, step, at}
  #lines = []; // [{id, name, colour, x, y}], the curves that the cursor can select
  #axis = ''; // the axis that #raw was read for
  #stop = null;
  #again = null;
  #at = null; // {line, i}: the point that the keyboard selected

  constructor(board, name, short) {
    this.#board = board;
    this.name = name;
    this.seen = false; // it has been in sight
    this.inSight = false;
    this.stale = false; // it has points that are not drawn
    this.view = h('div', { class: 'plot', tabindex: 0, role: 'img', 'aria-roledescription': 'chart', 'aria-label': `${name}: curves. Arrow keys read the values.` });
    this.readout = h('p', { class: 'readout' });
    this.tableButton = h('button', { type: 'button', class: 'tool', 'aria-pressed': 'false', 'aria-label': `Table of ${name}` }, 'Table');
    this.csv = h('a', { class: 'tool', download: true, 'aria-label': `CSV of ${name}` }, 'CSV');
    this.table = h('div', { class: 'card-table', tabindex: 0, role: 'region', 'aria-label': `Values of ${name}`, hidden: true });
    this.node = h('article', { class: 'chart-card', 'data-name': name },
      h('header', {}, h('h3', { title: name }, short), this.tableButton, this.csv), this.view, this.table, this.readout);
    this.tableButton.addEventListener('click', () => this.#toggle());
    this.view.addEventListener('keydown', (e) => this.#key(e));
    this.view.addEventListener('blur', () => this.#leave());
  }

  // refresh reads the points again if the card has been in view.
  async refresh() {
    clearTimeout(this.#again);
    this.#again = null;
    if (!this.seen || !this.#board.ids.length) return;
    this.#stop?.abort();
    const stop = new AbortController();
    this.#stop = stop;
    const axis = this.#board.settings().x ? 'time' : 'step';
    const query = `ids=${this.#board.ids.join()}&tag=${encodeURIComponent(this.name)}`;
    this.csv.href = `api/scalars.csv?${query}`;
    try {
      const answer = await fetch(`api/scalars?${query}&x=${axis}&points=${points}`, { signal: stop.signal });
      const data = await answer.json();
      if (!answer.ok) throw new Error(data.error);
      this.#axis = axis;
      this.#raw = new Map(data.runs.map((r) => [r.id, { ...decode(r), n: r.n, start: r.start }]));
      this.draw();
    } catch (err) {
      if (err.name !== 'AbortError') text(this.readout, `Cannot be read: ${err.message}`);
    }
  }

  // later combines several calls into one refresh.
  later() { this.#again ??= setTimeout(() => this.refresh(), 500); }

  // add appends new points of a run.
  add(id, news) {
    if (!this.seen) return;
    const have = this.#raw.get(id);
    if (news.reset || !have || news.from > have.n || have.x.length > 2 * points) {
      this.later();
      return;
    }
    const skip = have.n - news.from;
    const x = this.#axis === 'time' ? news.at : news.step;
    for (let i = skip; i < x.length; i++) {
      if (x[i] < have.x.at(-1)) { // not in order: the server sorts them
        this.later();
        return;
      }
      have.x.push(x[i]);
      have.y.push(news.y[i]);
    }
    have.n += Math.max(0, x.length - skip);
    this.#board.drawSoon(this);
  }

  // series returns the runs as they are drawn, on the selected axis.
  #series() {
    const { x: axis } = this.#board.settings();
    return this.#board.ids.filter((id) => this.#raw.has(id)).map((id) => {
      const { x, y, start } = this.#raw.get(id);
      const run = this.#board.run(id);
      return { id, name: run.name, colour: run.colour, group: run.group, x: axis === 'relative' ? x.map((v) => v - start) : x, y };
    });
  }

  draw() {
    this.stale = false;
    const s = this.#board.settings();
    const weight = Number(s.smooth) || 0;
    const series = this.#series();
    const columns = []; // {x, y, label, colour, alpha, ...}: the columns of the plot
    this.#lines = [];
    const bands = [];
    const line = (l) => {
      this.#lines.push({ ...l, at: columns.length + 1 });
      columns.push(l);
    };
    if (s.group) {
      for (const name of [...new Set(series.map((r) => r.group))]) {
        const members = series.filter((r) => r.group === name).map((r) => (weight ? { ...r, y: smooth(r.x, r.y, weight) } : r));
        const g = group(members);
        const { colour } = members[0];
        line({ id: members.length === 1 ? members[0].id : null, name: `${name} (${members.length})`, colour, x: g.x, y: g.mean });
        columns.push({ x: g.x, y: g.high, colour, edge: true }, { x: g.x, y: g.low, colour, edge: true });
        bands.push({ series: [columns.length - 1, columns.length], fill: fade(colour, 0.16) });
      }
    } else {
      for (const r of series) if (weight) columns.push({ ...r, faint: true });
      for (const r of series) line(weight ? { ...r, y: smooth(r.x, r.y, weight) } : r);
    }
    set(this.node, 'data-empty', columns.length === 0);
    if (!this.table.hidden) this.#fillTable();
    if (!columns.length) {
      this.#destroy();
      text(this.readout, 'None of the runs has this scalar.');
      return;
    }
    const data = align(columns);
    const seen = data.slice(1).some((c) => c.some((v) => v !== null && v !== undefined && (!s.log || v > 0)));
    this.#nothing = seen ? '' : s.log ? 'No value is above 0, as a log axis needs.' : 'No value is a finite number.';
    this.range = limits(data.slice(1).filter((_, i) => !columns[i].faint || !s.clip), s);
    const shape = JSON.stringify([s.x, s.log, columns.map((c) => [c.colour, c.faint, c.edge]), bands, inked('--ink')]);
    if (this.#plot && shape === this.#shape) {
      const zoomed = this.#zoomed();
      this.#plot.setData(data, !zoomed);
      if (zoomed) this.#plot.redraw();
    } else {
      this.#destroy();
      this.#plot = this.#make(data, columns, bands, s);
      this.#shape = shape;
    }
    if (!this.#hovered) this.#say(null);
  }

  // zoomed reports whether a part of the axis is selected; new points keep the selection.
  #zoomed() {
    const { x } = this.#plot.scales;
    const [places] = this.#plot.data;
    return x.min > places[0] || x.max < places.at(-1);
  }

  #make(data, columns, bands, s) {
    const axis = axisStyle();
    const long = (u) => u.scales.x.max - u.scales.x.min > 86400;
    const words = {
      time: (u, list) => list.map((v) => dayTime(v * 1000, long(u))), relative: (_, list) => list.map((v) => (v < 0 ? `−${ticking(-v)}` : ticking(v))),
    }[s.x] ?? ((_, list) => list.map((v) => (Math.abs(v) >= 1e5 ? `${number(v / 1000)}k` : number(v))));
    const options = {
      width: this.#width(), height, pxAlign: false, legend: { show: false }, bands,
      scales: { x: { time: false }, y: { distr: s.log ? 3 : 1, range: () => this.range } },
      axes: [
        { ...axis, values: words, space: s.x ? 76 : 50, size: 26, ...(s.x && { incrs: times }) },
        { ...axis, size: 54, values: (_, list) => list.map((v) => (v === null ? '' : figure(v))), ...(s.log && logTicks(9)) },
      ],
      cursor: { sync: { key: this.#board.key, scales: ['x', null] }, focus: { prox: 20 }, drag: { x: true, y: false, dist: 4 }, points: { size: 7 } },
      focus: { alpha: 0.25 },
      series: [{}, ...columns.map((c) => ({
        stroke: c.faint ? fade(c.colour, 0.3) : c.colour, width: c.edge ? 0 : c.faint ? 1 : 1.6, spanGaps: false,
        points: c.edge ? { show: false } : c.x.length === 1 ? { show: true, size: 6 } : { size: 4 }, // only if there is room; a curve of one point always shows it
      }))],
      hooks: {
        setCursor: [(u) => this.#moved(u)],
        setSeries: [(_, i) => this.#focused(i)],
      },
    };
    const plot = new uPlot(options, data, this.view);
    plot.over.addEventListener('click', () => { if (this.#hovered?.id && !this.#dragged) this.#board.open(this.#hovered.id); });
    plot.over.addEventListener('pointerdown', (e) => { this.#down = e.clientX; });
    plot.over.addEventListener('pointerup', (e) => { this.#dragged = Math.abs(e.clientX - this.#down) > 3; });
    plot.over.addEventListener('pointerleave', () => this.#focused(null));
    return plot;
  }
  #nothing = ''; // the reason why no curve is visible
  #down = 0;
  #dragged = false;
  #hovered = null; // the curve under the pointer

  #width() { return Math.max(180, this.view.clientWidth); }

  resize() { if (this.#plot && this.#plot.width !== this.#width()) this.#plot.setSize({ width: this.#width(), height }); }

  #destroy() {
    this.#plot?.destroy();
    this.#plot = null;
    this.#shape = '';
  }

  remove() {
    clearTimeout(this.#again);
    this.#stop?.abort();
    this.#destroy();
    this.node.remove();
  }

  #focused(i) {
    const line = i === null ? null : this.#lines.find((l) => l.at === i) ?? null;
    if (line === this.#hovered) return;
    this.#hovered = line;
    this.#board.hover(line?.id ?? null, this);
    this.#say(line);
  }

  // mark emphasizes the curve of a run that is hovered elsewhere.
  mark(id) {
    if (!this.#plot) return;
    const line = this.#lines.find((l) => l.id === id);
    this.#plot.setSeries(line ? line.at : null, { focus: Boolean(line) }, false);
  }

  #moved() { if (this.#hovered) this.#say(this.#hovered); }

  // say writes the value at the cursor.
  #say(line) {
    const { idx } = this.#plot?.cursor ?? {};
    const shown = line ?? (this.#lines.length === 1 ? this.#lines[0] : null);
    if (this.#nothing) {
      text(this.readout, this.#nothing);
      return;
    }
    if (!shown || idx === null || idx === undefined) {
      const last = this.#lines.length === 1 ? lastOf(this.#lines[0]) : null;
      text(this.readout, last ? `last ${figure(last.y)} · ${this.#placed(last.x)}` : this.#lines.length ? `${number(this.#lines.length)} curves` : '');
      this.readout.style.color = '';
      return;
    }
    const place = this.#plot.data[0][idx];
    text(this.readout, `${this.#placed(place)} · ${figure(nearest(shown, place))} · ${shown.name}`);
  }

  #placed(v) {
    const { x } = this.#board.settings();
    if (x === 'time') return moment(v * 1000);
    return x === 'relative' ? `after ${ticking(v)}` : `step ${number(v)}`;
  }

  // key moves along a curve or to another one, and announces the value.
  #key(e) {
    if (!this.#plot || e.ctrlKey || e.metaKey || e.altKey) return;
    const lines = this.#lines;
    this.#at ??= { line: 0, i: lines[0].x.length };
    const a = this.#at;
    const here = lines[a.line] ?? lines[0];
    const step = e.shiftKey ? 10 : 1;
    const moves = {
      ArrowLeft: () => { a.i -= step; },
      ArrowRight: () => { a.i += step; },
      Home: () => { a.i = 0; },
      End: () => { a.i = Infinity; },
      ArrowUp: () => { a.line = (a.line + lines.length - 1) % lines.length; },
      ArrowDown: () => { a.line = (a.line + 1) % lines.length; },
      Enter: () => { if (here.id) this.#board.open(here.id); },
      Escape: () => (this.#zoomed() ? this.draw() || this.#plot.setData(this.#plot.data) : false),
    };
    if (!moves[e.key] || moves[e.key]() === false) return;
    e.preventDefault();
    e.stopPropagation();
    if (e.key === 'Enter' || e.key === 'Escape') return;
    const line = lines[a.line];
    if (e.key.startsWith('Arrow') && line !== here) { // the same position on another curve
      const place = here.x[Math.min(a.i, here.x.length - 1)];
      a.i = line.x.findIndex((v) => v >= place);
      if (a.i < 0) a.i = line.x.length - 1;
    }
    a.i = Math.max(0, Math.min(line.x.length - 1, a.i));
    const left = this.#plot.valToPos(line.x[a.i], 'x');
    this.#plot.setCursor({ left, top: line.y[a.i] === null ? 0 : this.#plot.valToPos(line.y[a.i], 'y') });
    this.#hovered = line;
    this.mark(line.id);
    this.#board.hover(line.id, this);
    const words = `${this.#placed(line.x[a.i])} · ${figure(line.y[a.i])} · ${line.name}`;
    text(this.readout, words);
    text($('announce'), words);
  }

  #leave() {
    this.#at = null;
    this.#hovered = null;
    this.#plot?.setCursor({ left: -10, top: -10 });
    this.#board.hover(null, this);
    this.mark(null);
  }

  #toggle() {
    this.table.hidden = !this.table.hidden;
    this.view.hidden = !this.table.hidden;
    set(this.tableButton, 'aria-pressed', this.table.hidden ? 'false' : 'true');
    if (this.table.hidden) this.resize();
    else this.#fillTable();
  }

  // fillTable shows the values as a table, with at most about rowsOfTable rows.
  #fillTable() {
    const [x, ...columns] = align(this.#lines);
    const every = Math.ceil(x.length / rowsOfTable);
    const rows = [...x.keys()].filter((i) => i % every === 0 || i === x.length - 1);
    const { x: axis } = this.#board.settings();
    this.table.replaceChildren(h('table', { class: 'table' },
      h('caption', {}, every > 1 ? `${number(rows.length)} of ${number(x.length)} places; the CSV has all.` : ''),
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, axis ? 'time' : 'step'), ...this.#lines.map((l) => h('th', { scope: 'col', class: 'num' }, l.name)))),
      h('tbody', {}, ...rows.map((i) => h('tr', {}, h('th', { scope: 'row' }, this.#placed(x[i]).replace('step ', '')),
        ...columns.map((c) => h('td', { class: 'num' }, c[i] === undefined || c[i] === null ? '·' : figure(c[i]))))))));
  }
}

const lastOf = (l) => (l.x.length ? { x: l.x.at(-1), y: l.y.at(-1) } : null);

function nearest({ x, y }, place) {
  let best = 0;
  for (let i = 0; i < x.length; i++) if (Math.abs(x[i] - place) < Math.abs(x[best] - place)) best = i;
  return y[best];
}
