// A screen for output that may still be growing: lines, and a last one that a carriage return may overwrite.

import { bytes } from './format.js';

const maxText = 1 << 20; // characters that are kept

export class Screen {
  #pre;
  #last = document.createTextNode('');
  #rest = '';
  #length = 0;

  constructor(pre, onScroll) {
    this.#pre = pre;
    this.following = true;
    let top = 0;
    pre.addEventListener('scroll', () => {
      const atEnd = pre.scrollTop + pre.clientHeight >= pre.scrollHeight - 8;
      // Only who scrolls back stops following: a screen that changes its size is no wish.
      this.following = atEnd || this.following && pre.scrollTop >= top;
      top = pre.scrollTop;
      onScroll(this.following);
    }, { passive: true });
    this.clear();
  }

  clear() {
    this.#rest = '';
    this.#length = 0;
    this.#last.data = '';
    this.#pre.replaceChildren(this.#last);
    this.following = true;
  }

  get empty() { return this.#length === 0 && this.#rest === ''; }

  append(text) {
    const all = this.#rest + text;
    const cut = all.lastIndexOf('\n') + 1;
    if (cut > 0) {
      const lines = all.slice(0, cut).split('\n').map(overwrite).join('\n');
      this.#last.before(document.createTextNode(lines));
      this.#length += lines.length;
    }
    this.#rest = all.slice(cut);
    if (this.#rest.length > 4096) this.#rest = overwrite(this.#rest);
    this.#last.data = overwrite(this.#rest);
    if (this.following) this.toEnd();
  }

  // trim forgets the oldest text beyond what is kept, and reports whether it did.
  trim() {
    let cut = false;
    while (this.#length > maxText && this.#pre.firstChild !== this.#last) {
      this.#length -= this.#pre.firstChild.data.length;
      this.#pre.firstChild.remove();
      cut = true;
    }
    return cut;
  }

  // prepend puts earlier text above and shows the end of it.
  prepend(text) {
    const lines = text.split('\n').map(overwrite).join('\n');
    const before = this.#pre.scrollHeight;
    this.#pre.prepend(document.createTextNode(lines));
    this.#length += lines.length;
    this.following = false;
    this.#pre.scrollTop = Math.max(0, this.#pre.scrollHeight - before - this.#pre.clientHeight * 0.8);
  }

  toEnd() {
    this.following = true;
    this.#pre.scrollTop = this.#pre.scrollHeight;
  }
}

// overwrite is what a line looks like after its carriage returns.
function overwrite(line) {
  if (!line.includes('\r')) return line;
  return line.split('\r').reduce((old, part) => part + old.slice(part.length), '');
}

// progress says how much output there is.
export const progress = (size, done) => `${bytes(size)}${done ? '' : ', following'}`;
