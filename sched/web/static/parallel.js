// Parallel coordinates: an axis for each flag and scalar, a line for each run. A range on an axis filters the runs.

import { $, h, keyed, set, svg, text } from './dom.js';
import { at, go } from './address.js';
import { shorten } from './format.js';
import { makeScale } from './scale.js';

const height = 250;
const top = 52;
const bottom = 12;
const room = 96; // px, the least distance between two axes
const side = 46;
const eps = 1e-9;

export class Parallel {
  #root;
  #onRange;
  #ranges = new Map(); // by column name: [from, to], positions on its axis
  #axes = [];
  #rows = [];
  #lines = new Map(); // by id of the run
  #colour = null; // name of the axis that was chosen for the colours
  #drawn = '';
  #at = 0; // index of the handle that can get the focus
  #dragging = false;

  // onRange is called at each change of a range, and onEnd when the pointer that dragged a range is released: nothing may be rendered until
  // then.
  constructor(root, onRange, onEnd) {
    this.#root = root;
    this.#onRange = onRange;
    this.onEnd = onEnd;
    new ResizeObserver(() => this.#draw()).observe(root.parentElement);
    $('ranges-clear').addEventListener('click', () => this.#setRanges([]));
    $('ranges-filter').addEventListener('click', () => {
      const tests = this.#tests();
      this.#setRanges([]);
      go({ filter: joined(at().filter, tests.join(' and ')) }, true);
    });
  }

  // render draws rows by columns. sorted is the name of the column that the rows are sorted by, if any.
  render(columns, rows, sorted) {
    const before = new Map(this.#axes.map((a) => [a.name, a.scale]));
    this.#rows = rows;
    this.#axes = columns.map((c) => {
      const cells = rows.map((r) => r.cells[c.i]);
      const scale = makeScale(c, cells);
      return { ...c, scale, places: cells.map(scale.place) };
    }).filter((a) => new Set(a.places.filter((p) => p !== null)).size > 1); // constant columns get no axis
    for (const [name, range] of this.#ranges) {
      const now = this.#axes.find((a) => a.name === name)?.scale;
      if (!now) this.#ranges.delete(name);
      else if (now.move && before.get(name).move) this.#ranges.set(name, range.map((p) => (p > 0 && p < 1 ? now.move(p, before.get(name)) : p)));
    }
    const scalars = this.#axes.filter((a) => a.kind === 'scalar' && a.name !== 'step');
    // The axis that matters most must be visible: if not all fit, the axis of the order, or the first scalar, comes first.
    const goal = this.#axes.find((a) => a.name === sorted) ?? scalars[0];
    if (goal && this.#axes.length > 1 && 2 * side + room * (this.#axes.length - 1) > this.#root.parentElement.clientWidth) {
      this.#axes = [goal, ...this.#axes.filter((a) => a !== goal)];
    }
    this.by = this.#axes.find((a) => a.name === this.#colour) ?? this.#axes.find((a) => a.name === sorted) ?? scalars[0] ?? this.#axes.at(-1);
    $('chart').hidden = this.#axes.length < 2 || rows.length < 2;
    this.#draw();
  }

  get dragging() { return this.#dragging; }

  passes(i) {
    for (const a of this.#axes) {
      const range = this.#ranges.get(a.name);
      const p = a.places[i];
      if (range && (p === null || p < range[0] - eps || p > range[1] + eps)) return false;
    }
    return true;
  }

  hover(id) {
    this.#root.querySelector('.line.on')?.classList.remove('on');
    this.#lines.get(id)?.classList.add('on');
  }

  #width() { return Math.max(this.#root.parentElement.clientWidth, 2 * side + room * (this.#axes.length - 1)); }
  #x(i) { return side + (i * (this.#width() - 2 * side)) / Math.max(1, this.#axes.length - 1); }

  #draw() {
    if ($('chart').hidden) return;
    const width = this.#width();
    const key = JSON.stringify([width, this.by?.name, this.#axes.map((a) => [a.name, a.places]), this.#rows.map((r) => r.id)]);
    if (key !== this.#drawn) {
      this.#drawn = key;
      const focused = document.activeElement?.classList?.contains('handle') && this.#root.contains(document.activeElement);
      for (const [name, value] of [['width', width], ['height', height + top + bottom], ['viewBox', `0 0 ${width} ${height + top + bottom}`]]) {
        this.#root.setAttribute(name, value);
      }
      this.#lines = new Map(this.#rows.map((r, i) => [r.id, this.#line(r, i)]));
      const stop = (offset, colour) => svg('stop', { offset, class: colour });
      this.#root.replaceChildren(svg('linearGradient', { id: 'colours', x1: 0, x2: 0, y1: 1, y2: 0 }, stop(0, 'low'), stop(1, 'high')),
        svg('g', { class: 'lines', 'aria-hidden': 'true' }, ...this.#lines.values()),
        ...this.#axes.map((a, i) => this.#axis(a, i)));
      if (focused) this.#handles()[this.#at]?.focus();
    }
    this.#mark();
  }

  #line(r, row) {
    let d = '';
    let pen = 'M';
    this.#axes.forEach((a, i) => {
      const p = a.places[row];
      if (p === null) pen = 'M'; // no value: the line has a gap
      else {
        d += `${pen}${this.#x(i).toFixed(1)} ${y(p).toFixed(1)}`;
        pen = 'L';
      }
    });
    const line = svg('path', { class: 'line', d });
    const p = this.by.places[row];
    if (p !== null) line.style.stroke = `color-mix(in oklab, var(--high) ${(100 * p).toFixed(0)}%, var(--low))`;
    return line;
  }

  #axis(a, i) {
    const x = this.#x(i);
    // Names too long for the room alternate between two rows.
    const gap = this.#x(1) - this.#x(0);
    const long = this.#axes.some((other) => other.name.length * letter > gap);
    const edge = i === 0 || i === this.#axes.length - 1 ? 2 * side : Infinity;
    const shown = cut(a.name, Math.min(edge, long ? 2 * gap - 12 : gap));
    const words = `Colour by ${a.name}`;
    const label = shown === a.name ? words : `${shown}: ${words}`; // for speech control, the label must contain the visible text
    const name = svg('text', { class: 'axis-name', x, y: long && i % 2 ? 14 : 30, 'text-anchor': 'middle' },
      shown, svg('title', {}, `${a.name}: click to colour by it`));
    for (const [key, value] of [['role', 'button'], ['tabindex', 0], ['aria-pressed', a === this.by], ['aria-label', label]]) name.setAttribute(key, value);
    const colour = () => {
      this.#colour = a.name;
      this.by = a;
      this.#draw();
      this.#root.querySelector('.axis[data-by="true"] .axis-name')?.focus();
    };
    name.addEventListener('click', colour);
    name.addEventListener('keydown', (e) => {
      if (e.key !== 'Enter' && e.key !== ' ') return;
      colour();
      e.preventDefault();
      e.stopPropagation();
    });
    const hit = svg('rect', { class: 'hit', x: x - 16, y: top - 6, width: 32, height: height + 12 });
    hit.addEventListener('pointerdown', (e) => this.#brush(e, a));
    const ticks = a.scale.ticks.flatMap((t) => [
      svg('line', { class: 'tick', x1: x - 3, x2: x + 3, y1: y(t.p), y2: y(t.p) }),
      svg('text', { class: 'tick-text', x: x + 7, y: y(t.p) + 4 }, cut(t.text, gap - 12)),
    ]);
    return svg('g', { class: 'axis', 'data-by': a === this.by },
      svg('rect', { class: 'rail', x: a === this.by ? x - 2 : x - 0.5, y: y(1), width: a === this.by ? 4 : 1, height }), ...ticks, svg('rect', { class: 'brush', x: x - 6, width: 12, rx: 3 }),
      name, hit, this.#handle(a, 0, x), this.#handle(a, 1, x));
  }

  #range(a) { return this.#ranges.get(a.name) ?? [0, 1]; }

  // handle returns one end of the range of an axis, for the keyboard and the pointer.
  #handle(a, end, x) {
    const node = svg('rect', {
      class: 'handle', role: 'slider', tabindex: -1, x: x - 8, width: 16, height: 6, rx: 3, 'aria-orientation': 'vertical',
      'aria-label': `${a.name}, ${end ? 'at most' : 'at least'}`, 'aria-valuemin': 0, 'aria-valuemax': 100,
    });
    const move = (p) => {
      const range = [...this.#range(a)];
      range[end] = Math.min(1, Math.max(0, end ? Math.max(p, range[0]) : Math.min(p, range[1])));
      this.#setRange(a, range);
    };
    node.addEventListener('pointerdown', (e) => this.#drag(e, (event) => move(this.#place(event))));
    node.addEventListener('keydown', (e) => {
      const p = this.#range(a)[end];
      const list = this.#handles();
      const act = {
        ArrowUp: () => move(p + a.scale.step),
        ArrowDown: () => move(p - a.scale.step),
        Home: () => move(0),
        End: () => move(1),
        Delete: () => this.#setRange(a, [0, 1]),
        Backspace: () => this.#setRange(a, [0, 1]),
        ArrowRight: () => list[list.indexOf(node) + 1]?.focus(),
        ArrowLeft: () => list[list.indexOf(node) - 1]?.focus(),
        Enter: () => {
          this.#colour = a.name;
          this.by = a;
          this.#draw();
        },
      }[e.key];
      if (!act || e.ctrlKey || e.metaKey || e.altKey) return;
      act();
      e.preventDefault();
      e.stopPropagation();
    });
    node.addEventListener('focus', () => {
      const list = this.#handles();
      list[this.#at]?.setAttribute('tabindex', -1);
      this.#at = list.indexOf(node);
      node.setAttribute('tabindex', 0);
      node.parentElement.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    });
    return node;
  }

  #handles() { return [...this.#root.querySelectorAll('.handle')]; }

  #place(e) { return 1 - (e.clientY - this.#root.getBoundingClientRect().top - top) / height; }

  #brush(e, a) {
    const from = this.#place(e);
    let far = false;
    this.#drag(e, (event) => {
      const to = this.#place(event);
      far ||= Math.abs(to - from) * height > 4;
      if (far) this.#setRange(a, [Math.max(0, Math.min(from, to)), Math.min(1, Math.max(from, to))]);
    }, () => { if (!far) this.#setRange(a, [0, 1]); });
  }

  // drag calls move for each position of the pointer until it is released, then end.
  #drag(e, move, end = () => {}) {
    if (e.button !== 0) return;
    const node = e.currentTarget;
    const up = () => {
      node.removeEventListener('pointermove', move);
      this.#dragging = false;
      end();
      this.onEnd();
    };
    this.#dragging = true;
    node.setPointerCapture(e.pointerId);
    node.addEventListener('pointermove', move);
    node.addEventListener('lostpointercapture', up, { once: true });
    e.preventDefault();
  }

  #setRange(a, range) {
    if (range[0] <= 0 && range[1] >= 1) this.#ranges.delete(a.name);
    else this.#ranges.set(a.name, range);
    this.#changed();
  }

  #setRanges(list) {
    this.#ranges = new Map(list);
    this.#changed();
  }

  #changed() {
    this.#mark();
    this.#onRange();
  }

  // mark shows the ranges, and which lines are within them.
  #mark() {
    this.#axes.forEach((a, i) => {
      const group = this.#root.children[i + 2]; // the first two children are the colours and the lines
      const [from, to] = this.#range(a);
      const brush = group.querySelector('.brush');
      set(group, 'data-ranged', this.#ranges.has(a.name));
      set(brush, 'y', y(to));
      set(brush, 'height', y(from) - y(to));
      group.querySelectorAll('.handle').forEach((node, end) => {
        const p = end ? to : from;
        set(node, 'y', end ? y(p) - 6 : y(p));
        set(node, 'aria-valuenow', Math.round(100 * p));
        set(node, 'aria-valuetext', a.scale.text(p));
      });
    });
    const first = this.#handles()[this.#at] ?? this.#handles()[this.#at = 0];
    first?.setAttribute('tabindex', 0);
    this.#rows.forEach((r, i) => this.#lines.get(r.id)?.classList.toggle('off', !this.passes(i)));
    const ranged = this.#axes.filter((a) => this.#ranges.has(a.name));
    $('ranges').hidden = ranged.length === 0;
    keyed($('range-list'), ranged, (a) => a.name, (a) => {
      const button = h('button', { type: 'button', class: 'chip', 'aria-label': `Remove the range of ${a.name}` }, h('span', {}), ' ×');
      button.addEventListener('click', () => this.#setRange(a, [0, 1]));
      return h('li', {}, button);
    }, (node, a) => {
      text(node.querySelector('span'), `${a.name}: ${a.scale.range(...this.#range(a))}`);
    });
    $('ranges-filter').hidden = !this.#tests();
  }

  // tests returns the ranges as expressions, null if they cannot be expressed or cannot be added to the current filter.
  #tests() {
    const ranged = this.#axes.filter((a) => this.#ranges.has(a.name));
    if (ranged.some((a) => !a.test) || at().filter.trim() && !isExpression(at().filter)) return null;
    return ranged.map((a) => a.scale.test(a.test, ...this.#range(a)));
  }
}

const isExpression = (filter) => /[=<>!()[\]'"]|\b(is|in|contains|not)\b/i.test(filter);

const joined = (filter, test) => (filter.trim() ? `(${filter.trim()}) and ${test}` : test);

const y = (p) => top + (1 - p) * height;

const letter = 7.8; // px, the approximate width of a character

const cut = (name, width) => shorten(name, Math.max(5, Math.floor(width / letter)));
