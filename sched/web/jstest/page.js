// A stand-in for the page in a browser: as much of document, location and history as the scripts under test use. Importing this
// module installs it; import it before any script of the page.

class Classes {
  #node;
  constructor(node) { this.#node = node; }
  get #list() { return (this.#node.getAttribute('class') ?? '').split(' ').filter(Boolean); }
  contains(name) { return this.#list.includes(name); }
}

export class Element extends EventTarget {
  #attributes = new Map();
  #own = ''; // text, as long as there are no children

  constructor(tag) {
    super();
    this.tagName = tag.toUpperCase();
    this.children = [];
    this.parent = null;
    this.dataset = {};
    this.hidden = false;
    this.value = '';
    this.style = { setProperty() {} };
    this.classList = new Classes(this);
    this.changes = 0; // how often an attribute or the text was set
  }

  getAttribute(name) { return this.#attributes.get(name) ?? null; }
  hasAttribute(name) { return this.#attributes.has(name); }
  setAttribute(name, value) {
    this.changes++;
    this.#attributes.set(name, String(value));
    if (name.startsWith('data-')) this.dataset[name.slice(5)] = String(value);
  }
  removeAttribute(name) {
    this.changes++;
    this.#attributes.delete(name);
  }

  get textContent() { return this.#own + this.children.map((c) => (typeof c === 'string' ? c : c.textContent)).join(''); }
  set textContent(text) {
    this.changes++;
    this.children = [];
    this.#own = text;
  }

  get firstElementChild() { return this.children[0] ?? null; }
  get lastElementChild() { return this.children.at(-1) ?? null; }
  get nextElementSibling() {
    const all = this.parent?.children ?? [];
    return all[all.indexOf(this) + 1] ?? null;
  }

  append(...nodes) {
    for (const n of nodes) this.insertBefore(n, null);
  }
  replaceChildren(...nodes) {
    this.#own = '';
    this.children = [];
    this.append(...nodes);
  }
  insertBefore(node, before) {
    if (typeof node !== 'string') {
      node.remove();
      node.parent = this;
    }
    const i = before ? this.children.indexOf(before) : this.children.length;
    this.children.splice(i, 0, node);
  }
  remove() {
    if (this.parent) this.parent.children = this.parent.children.filter((c) => c !== this);
    this.parent = null;
  }

  // querySelector understands a class or a tag.
  querySelector(selector) {
    for (const c of this.children) {
      if (typeof c === 'string') continue;
      const fits = selector[0] === '.' ? c.classList.contains(selector.slice(1)) : c.tagName === selector.toUpperCase();
      const found = fits ? c : c.querySelector(selector);
      if (found) return found;
    }
    return null;
  }
  closest() { return null; }
}

const byId = new Map();

globalThis.document = Object.assign(new EventTarget(), {
  body: new Element('body'),
  getElementById(id) {
    if (!byId.has(id)) byId.set(id, new Element('div'));
    return byId.get(id);
  },
  createElement: (tag) => new Element(tag),
  createElementNS: (_, tag) => new Element(tag),
  querySelectorAll: () => [],
});

const events = new EventTarget();
globalThis.addEventListener = events.addEventListener.bind(events);

// addresses are those that scripts have set, the latest last.
export const addresses = [];

globalThis.location = { pathname: '/', search: '', hash: '' };

const visit = (how) => (_, __, url) => {
  const { search, hash } = new URL(url, 'http://localhost');
  Object.assign(location, { search, hash });
  addresses.push({ how, search });
};
globalThis.history = { pushState: visit('push'), replaceState: visit('replace') };

// back is what a browser does for its button Back.
export function back(search) {
  location.search = search;
  events.dispatchEvent(new Event('popstate'));
}

// The clock of the page ticks every second; it must not keep the tests from ending.
const { setInterval: every } = globalThis;
globalThis.setInterval = (f, ms) => {
  const timer = every(f, ms);
  timer.unref();
  return timer;
};
