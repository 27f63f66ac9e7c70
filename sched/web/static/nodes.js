// Nodes that the server describes: a text, or [tag, attributes, child...]. Only the tags and attributes listed here become elements.

import { h } from './dom.js';

const tags = new Set(['p', 'blockquote', 'ul', 'ol', 'li', 'code', 'pre', 'table', 'tr', 'th', 'td', 'del', 'br', 'hr', 'h3', 'h4', 'h5', 'h6',
  'em', 'strong', 'a', 'img', 'span']);
const attributes = new Set(['class', 'href', 'src', 'alt', 'start', 'scope']);
const address = /^(https?:|mailto:|api\/runs\/)/;

export function build(list) {
  return list.map((node) => {
    if (typeof node === 'string') return node;
    const [tag, attrs, ...children] = node;
    if (!tags.has(tag)) return h('span', {}, ...build(children));
    const element = h(tag, {}, ...build(children));
    for (const [name, value] of Object.entries(attrs)) {
      if (!attributes.has(name) || (name === 'href' || name === 'src') && !address.test(value)) continue;
      element.setAttribute(name, value);
    }
    if (tag === 'a') {
      element.target = '_blank';
      element.rel = 'noopener noreferrer';
    }
    return element;
  });
}
