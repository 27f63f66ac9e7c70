// Helpers that change the DOM in place, so that focus, selection and hover survive an update.

// inReport reports whether the page is part of a report, which is opened from disk and never changes.
export const inReport = () => document.body.dataset.report !== undefined;

export const $ = (id) => document.getElementById(id);

// h makes an element: h('a', {class: 'x', href: '#'}, child...).
export function h(tag, attrs = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) set(node, name, value);
  node.append(...children);
  return node;
}

// set sets an attribute only if its value changes; null, undefined and false remove it.
export function set(node, name, value) {
  if (value === null || value === undefined || value === false) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
    return;
  }
  const text = value === true ? '' : String(value);
  if (node.getAttribute(name) !== text) node.setAttribute(name, text);
}

// text sets the text of an element only if it changes.
export function text(node, value) {
  if (node.textContent !== value) node.textContent = value;
}

// rich shows parts of text; a part in brackets, [x], is bold.
export function rich(node, parts) {
  const key = JSON.stringify(parts);
  if (node.dataset.key === key) return;
  node.dataset.key = key;
  node.replaceChildren(...parts.map((p) => (Array.isArray(p) ? h('b', {}, p[0]) : p)));
}

// complain shows in node the error about a text, and marks its position if that is known.
export function complain(node, value, { error, at }) {
  node.hidden = false;
  if (at === undefined) node.replaceChildren(error);
  else node.replaceChildren(h('code', {}, value.slice(0, at), h('mark', {}, value.slice(at, at + 1) || '\u00a0'), value.slice(at + 1)), h('span', {}, error));
}

const svgNS = 'http://www.w3.org/2000/svg';

export function svg(tag, attrs = {}, ...children) {
  const node = document.createElementNS(svgNS, tag);
  for (const [name, value] of Object.entries(attrs)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export const icon = (name) => svg('svg', { class: 'i', 'aria-hidden': 'true' }, svg('use', { href: `#s-${name}` }));

// keyed makes the children of parent those of items: nodes of items that stay are kept and moved only where the order
// changed. make builds a node, update fills it.
export function keyed(parent, items, key, make, update) {
  const old = new Map();
  for (const node of parent.children) old.set(node.dataset.key, node);
  const wanted = new Set(items.map(key));
  let at = parent.firstElementChild;
  for (const item of items) {
    const k = key(item);
    let node = old.get(k);
    old.delete(k);
    if (!node) {
      node = make(item);
      node.dataset.key = k;
    }
    update(node, item);
    while (at && at !== node && !wanted.has(at.dataset.key)) {
      const gone = at;
      at = at.nextElementSibling;
      gone.remove();
    }
    if (node === at) at = at.nextElementSibling;
    else parent.insertBefore(node, at);
  }
  while (at) {
    const next = at.nextElementSibling;
    at.remove();
    at = next;
  }
}
