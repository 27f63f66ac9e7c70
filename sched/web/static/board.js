// A board of charts: a card for each scalar of some runs, grouped by prefix. A card reads its points when it comes into view.

import { $, h, keyed, text } from './dom.js';
import { number } from './format.js';
import { at, onChange } from './address.js';
import { Card } from './card.js';
import { paced } from './pace.js';
import { colour, grey, onTheme, shade } from './palette.js';

const groupMost = 24; // cards of a group before "more" is clicked
const oneGroup = 8; // up to this number of cards, all are in one group
let boards = 0;

// isSystem reports whether a scalar is a system metric of a run or of one of its steps.
export const isSystem = (name) => /(^|#)sys\//.test(name);

export class Board {
  #root;
  #only;
  #onRuns;
  #onHover;
  #cards = new Map();
  #runs = new Map();
  #scalars = [];
  #more = new Set(); // groups that are shown in full
  #source = null;
  #asked = 0;
  #known = 0; // the value of #asked that #runs belongs to
  #started = null; // number of points of each run when the stream began, by id
  #sight;
  #waiting = new Set(); // cards with points to draw
  #draw = paced(() => this.#drawWaiting());

  // only(name) reports whether a scalar is shown, onRuns(runs) is called with the runs that were read, onHover(id) with the run under the
  // pointer, and open(id) opens a run.
  constructor(root, { only = () => true, onRuns = () => {}, onHover = () => {}, open = () => {} }) {
    this.#root = root;
    this.#only = only;
    this.#onRuns = onRuns;
    this.#onHover = onHover;
    this.open = open;
    this.ids = [];
    this.key = `board${boards++}`;
    this.#sight = new IntersectionObserver((entries) => {
      for (const e of entries) {
        const card = this.#cards.get(e.target.dataset.name);
        if (!card) continue;
        const first = e.isIntersecting && !card.seen;
        card.inSight = e.isIntersecting;
        card.seen ||= e.isIntersecting;
        if (first) card.refresh();
        else if (card.inSight && card.stale) card.draw();
      }
    }, { rootMargin: '200px' });
    new ResizeObserver(() => { for (const card of this.#cards.values()) card.resize(); }).observe(root);
    onTheme(() => this.#recolour());
    onChange((s, old) => {
      if (!this.ids.length) return;
      if (Boolean(s.x) !== Boolean(old.x)) for (const card of this.#cards.values()) card.refresh();
      else if (['x', 'smooth', 'log', 'clip', 'group', 'colour'].some((name) => s[name] !== old[name])) this.#recolour();
      if (s.cards !== old.cards) this.#layout();
    });
  }

  settings() { return at(); }

  run(id) { return this.#runs.get(id); }

  prefixOf(name) {
    const i = name.lastIndexOf('/');
    return i < 0 ? '' : name.slice(0, i + 1);
  }

  // show draws the runs with the given ids.
  async show(ids) {
    const key = ids.join();
    if (key === this.ids.join()) return;
    this.ids = ids;
    this.#asked++;
    this.#follow();
    if (!ids.length) {
      this.#scalars = [];
      this.#layout();
      return;
    }
    await this.#index();
    for (const card of this.#cards.values()) card.refresh();
  }

  // index reads the names of the scalars.
  async #index() {
    const mine = this.#asked;
    let data;
    try {
      const answer = await fetch(`api/scalars?ids=${this.ids.join()}`);
      data = await answer.json();
      if (!answer.ok) throw new Error(data.error);
    } catch (err) {
      if (mine === this.#asked) this.#root.replaceChildren(h('p', { class: 'quiet' }, `The scalars cannot be read: ${err.message}`));
      return;
    }
    if (mine !== this.#asked) return;
    this.#runs = new Map(data.runs.map((r) => [r.id, { ...r, name: `${r.op} ${r.label}`.trim().slice(0, 80) || r.short_id }]));
    this.ids = this.ids.filter((id) => this.#runs.has(id));
    this.#scalars = data.scalars;
    this.#colours();
    this.#onRuns([...this.#runs.values()]);
    this.#layout();
    this.#known = mine;
    this.#missed();
  }

  // missed reads everything again if points were written after the index was read and before the stream began.
  #missed() {
    if (!this.#started || this.#known !== this.#asked) return;
    const since = Object.entries(this.#started).some(([id, n]) => this.#runs.has(id) && this.#runs.get(id).points !== n);
    this.#started = null;
    if (!since) return;
    this.#index();
    for (const card of this.#cards.values()) card.later();
  }

  #colours() {
    const s = this.settings();
    const by = (run, what) => (what === 'op' ? run.op : run.flags[what.replace(/^flag:/, '')] ?? 'none');
    const list = this.ids.map((id) => this.#runs.get(id));
    const values = s.colour ? [...new Set(list.map((r) => by(r, s.colour)))] : [];
    const numbers = values.filter((v) => v !== 'none').map(Number);
    const lo = Math.min(...numbers);
    const hi = Math.max(...numbers);
    const scale = numbers.length > 2 && numbers.every(Number.isFinite) && hi > lo;
    const groups = [...new Set(list.map((r) => (s.group ? by(r, s.group) : '')))];
    list.forEach((run, i) => {
      run.group = s.group ? `${s.group.replace(/^flag:/, '')} = ${by(run, s.group)}` : '';
      if (s.colour && scale) run.colour = by(run, s.colour) === 'none' ? grey() : shade((Number(by(run, s.colour)) - lo) / (hi - lo));
      else if (s.colour) run.colour = colour(values.indexOf(by(run, s.colour)));
      else run.colour = colour(s.group ? groups.indexOf(by(run, s.group)) : i);
    });
  }

  #recolour() {
    if (!this.#runs.size) return;
    this.#colours();
    this.#onRuns([...this.#runs.values()]);
    for (const card of this.#cards.values()) if (card.seen) card.draw();
  }

  #layout() {
    const words = at().cards.toLowerCase().split(/[\s,]+/).filter(Boolean);
    const wanted = this.#scalars.filter((s) => this.#only(s.name, words) && (!words.length || words.some((w) => s.name.toLowerCase().includes(w))));
    const groups = new Map();
    for (const s of wanted) {
      const prefix = wanted.length <= oneGroup ? '' : this.prefixOf(s.name);
      if (!groups.has(prefix)) groups.set(prefix, []);
      groups.get(prefix).push(s);
    }
    const list = [...groups].map(([prefix, scalars]) => ({ prefix, scalars })).sort((a, b) => a.prefix.localeCompare(b.prefix));
    keyed(this.#root, list, (g) => `group ${g.prefix}`, (g) => this.#makeGroup(g), (node, g) => this.#fillGroup(node, g));
    const names = new Set(wanted.map((s) => s.name));
    for (const [name, card] of this.#cards) {
      if (names.has(name) && card.node.isConnected) continue;
      this.#sight.unobserve(card.node);
      card.remove();
      this.#cards.delete(name);
    }
    if (!wanted.length && this.ids.length) {
      this.#root.replaceChildren(h('p', { class: 'empty' }, words.length ? 'No scalar has these words in its name.' : 'These runs have no scalars. What a run prints as "loss: 0.5", or writes with TensorBoard, is drawn here.'));
    }
  }

  #makeGroup(g) {
    const name = g.prefix ? g.prefix.slice(0, -1) : 'Scalars';
    const more = h('button', { type: 'button', class: 'more', hidden: true });
    more.addEventListener('click', () => {
      this.#more.add(g.prefix);
      this.#layout();
    });
    return h('section', { class: 'card-group', 'aria-label': name }, h('h2', {}, name, h('span', { class: 'n' })), h('div', { class: 'chart-cards' }), more);
  }

  #fillGroup(node, { prefix, scalars }) {
    const [head, cards, more] = node.children;
    const cut = this.#more.has(prefix) ? scalars : scalars.slice(0, groupMost);
    text(head.lastElementChild, number(scalars.length));
    more.hidden = cut.length === scalars.length;
    text(more, `Show all ${number(scalars.length)}`);
    keyed(cards, cut, (s) => s.name, (s) => {
      const card = new Card(this, s.name, s.name.slice(prefix.length));
      this.#cards.set(s.name, card);
      this.#sight.observe(card.node);
      return card.node;
    }, () => {});
  }

  hover(id, from) {
    for (const card of this.#cards.values()) if (card !== from && card.seen) card.mark(id);
    this.#onHover(id);
  }

  // drawSoon draws the new points of a card together with those of other cards.
  drawSoon(card) {
    this.#waiting.add(card);
    this.#draw();
  }

  #drawWaiting() {
    for (const card of this.#waiting) {
      card.stale = true;
      if (card.inSight && card.node.isConnected) card.draw();
    }
    this.#waiting.clear();
  }

  // follow streams new points while the page is visible.
  #follow() {
    this.#source?.close();
    this.#source = null;
    if (!this.ids.length || document.hidden) return;
    const source = new EventSource(`api/scalars/events?ids=${this.ids.join()}`);
    this.#source = source;
    this.#started = null;
    source.addEventListener('start', (e) => {
      this.#started = JSON.parse(e.data);
      this.#missed();
    });
    source.addEventListener('points', (e) => {
      const news = JSON.parse(e.data);
      let unknown = false;
      for (const [name, points] of Object.entries(news.series)) {
        const card = this.#cards.get(name);
        if (card) card.add(news.id, points);
        else unknown ||= !this.#scalars.some((s) => s.name === name);
      }
      if (unknown) this.#index();
    });
    source.addEventListener('end', () => source.close());
  }

  // visible is called when the page is shown or hidden.
  visible() {
    this.#follow();
    if (!document.hidden) for (const card of this.#cards.values()) card.refresh();
  }
}

const all = new Set();

// makeBoard makes a board that does not stream while the page is hidden.
export function makeBoard(id, options) {
  const board = new Board($(id), options);
  all.add(board);
  return board;
}

document.addEventListener('visibilitychange', () => { for (const board of all) if (board.ids.length) board.visible(); });
