// A screen for output that may still grow: a node for each line, and a last line that a carriage return may overwrite.

import { bytes, clockTime } from './format.js';
import { h } from './dom.js';

const maxLines = 4000; // the most lines kept
const maxText = 1 << 20; // the most characters kept

// A line is a list of [text, class]: each piece has one colour.

// pieces splits text into pieces of one colour, by the [length, class] of each.
function pieces(text, spans) {
  if (!spans?.length) return [[text, '']];
  const list = [];
  let at = 0;
  for (const [length, name] of spans) {
    list.push([text.slice(at, at + length), name]);
    at += length;
  }
  if (at < text.length) list.push([text.slice(at), '']);
  return list;
}

// lines splits pieces at line breaks. The last line is unfinished.
export function lines(list) {
  const out = [[]];
  for (const [text, name] of list) {
    text.split('\n').forEach((part, i) => {
      if (i) out.push([]);
      if (part) out.at(-1).push([part, name]);
    });
  }
  return out;
}

// overwrite returns a line after its carriage returns.
export function overwrite(line) {
  if (!line.some(([text]) => text.includes('\r'))) return line;
  let cells = [];
  let at = 0;
  for (const [text, name] of line) {
    for (const c of text) {
      if (c === '\r') at = 0;
      else cells[at++] = [c, name];
    }
  }
  const out = [];
  for (const [c, name] of cells) {
    if (out.length && out.at(-1)[1] === name) out.at(-1)[0] += c;
    else out.push([c, name]);
  }
  return out;
}

const fill = (node, line) => node.replaceChildren(...overwrite(line).map(([text, name]) => (name ? h('span', { class: name }, text) : text)), '\n');

export class Screen {
  #pre;
  #rest = []; // the last line, which is unfinished
  #last = h('div', { class: 'l' });
  #length = 0;

  constructor(pre, onScroll) {
    this.#pre = pre;
    this.following = true;
    let top = 0;
    pre.addEventListener('scroll', () => {
      const atEnd = pre.scrollTop + pre.clientHeight >= pre.scrollHeight - 8;
      // Only scrolling back ends following; a change of the screen's size does not.
      this.following = atEnd || this.following && pre.scrollTop >= top;
      top = pre.scrollTop;
      onScroll(this.following);
    }, { passive: true });
    this.clear();
  }

  clear() {
    this.#rest = [];
    this.#length = 0;
    this.#last.replaceChildren();
    this.#pre.replaceChildren(this.#last);
    this.following = true;
  }

  get empty() { return this.#length === 0 && this.#rest.length === 0; }

  // append adds a piece of output: {text, spans, times, offset, line}.
  append(out) {
    const list = lines(pieces(out.text, out.spans));
    list[0] = [...this.#rest, ...list[0]];
    this.#rest = list.pop();
    if (this.#rest.length > 200) this.#rest = overwrite(this.#rest);
    this.#last.before(...this.#make(list, out));
    fill(this.#last, this.#rest);
    if (this.following) this.toEnd();
  }

  // make returns a node for each finished line. The first one of a piece stores its line number in the output.
  #make(list, out) {
    let at = 0;
    return list.map((line, i) => {
      const node = h('div', { class: 'l' });
      fill(node, line);
      this.#length += node.textContent.length;
      if (out.times?.length > i) {
        at += out.times[i];
        node.dataset.time = clockTime(at, true);
      }
      if (i === 0 && out.line >= 0) node.dataset.line = out.line;
      return node;
    });
  }

  // trim removes the oldest lines beyond the limits, and reports whether there were any.
  trim() {
    let cut = false;
    while ((this.#length > maxText || this.#pre.childElementCount > maxLines) && this.#pre.firstChild !== this.#last) {
      this.#length -= this.#pre.firstChild.textContent.length;
      this.#pre.firstChild.remove();
      cut = true;
    }
    return cut;
  }

  // prepend puts an earlier piece above and scrolls to its end.
  prepend(out) {
    const list = lines(pieces(out.text, out.spans));
    if (list.at(-1).length === 0) list.pop();
    const before = this.#pre.scrollHeight;
    this.#pre.prepend(...this.#make(list, out));
    this.following = false;
    this.#pre.scrollTop = Math.max(0, this.#pre.scrollHeight - before - this.#pre.clientHeight * 0.8);
  }

  toEnd() {
    this.following = true;
    this.#pre.scrollTop = this.#pre.scrollHeight;
  }

  // showLine scrolls to a line by its number, and reports whether it is loaded.
  showLine(n) {
    let node = null;
    for (const first of this.#pre.querySelectorAll('[data-line]')) if (Number(first.dataset.line) <= n) node = first;
    for (let left = n - Number(node?.dataset.line); left > 0 && node; left--) node = node.nextElementSibling;
    if (!node) return false;
    this.following = false;
    node.scrollIntoView({ block: 'center' });
    for (const other of this.#pre.querySelectorAll('[data-here]')) delete other.dataset.here;
    node.dataset.here = '';
    return true;
  }

  // ranges returns the ranges of the given words, which are in lower case.
  ranges(words) {
    const out = [];
    const walk = document.createTreeWalker(this.#pre, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const text = node.data.toLowerCase();
      for (let i = text.indexOf(words); i >= 0; i = text.indexOf(words, i + words.length)) {
        const range = new Range();
        range.setStart(node, i);
        range.setEnd(node, i + words.length);
        out.push(range);
      }
    }
    return out;
  }
}

// progress describes the size of the output.
export const progress = (size, done) => `${bytes(size)}${done ? '' : ', following'}`;
