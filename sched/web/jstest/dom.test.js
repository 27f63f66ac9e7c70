import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Element } from './page.js';
import { complain, h, keyed, rich, set, text } from '../static/dom.js';

// render shows items in parent and returns their nodes.
function render(parent, items) {
  keyed(parent, items, (i) => i.k, () => h('li'), (node, i) => text(node, i.text ?? i.k));
  return parent.children;
}

const items = (...keys) => keys.map((k) => ({ k }));

test('nodes stay those of their items, in whatever order', () => {
  const orders = [['a', 'b', 'c'], ['c', 'a', 'b'], ['b', 'd', 'a'], ['d'], ['x', 'd', 'y'], [], ['a']];
  const parent = new Element('ul');
  let known = new Map();
  for (const order of orders) {
    const nodes = render(parent, items(...order));
    assert.deepEqual(nodes.map((n) => n.textContent), order);
    nodes.forEach((n, i) => { if (known.has(order[i])) assert.equal(n, known.get(order[i])); });
    known = new Map(order.map((k, i) => [k, nodes[i]]));
  }
});

test('an item that left comes back with a new node', () => {
  const parent = new Element('ul');
  const [a] = render(parent, items('a', 'b'));
  render(parent, items('b'));
  assert.notEqual(render(parent, items('a', 'b'))[0], a);
});

test('what has not changed is not set again', () => {
  const node = h('a', { href: '#', hidden: false, checked: true }, 'text');
  assert.equal(node.getAttribute('href'), '#');
  assert.equal(node.getAttribute('checked'), '');
  assert.equal(node.hasAttribute('hidden'), false);
  const before = node.changes;
  set(node, 'href', '#');
  set(node, 'checked', true);
  set(node, 'title', null);
  text(node, 'text');
  assert.equal(node.changes, before);
  set(node, 'href', undefined);
  assert.equal(node.hasAttribute('href'), false);
  set(node, 'n', 0);
  assert.equal(node.getAttribute('n'), '0');
});

test('a complaint marks the place, or the end', () => {
  const node = new Element('p');
  complain(node, 'a = = b', { error: 'unexpected', at: 4 });
  assert.equal(node.querySelector('mark').textContent, '=');
  assert.equal(node.textContent, 'a = = bunexpected');
  complain(node, 'a =', { error: 'ends early', at: 3 });
  assert.equal(node.querySelector('mark').textContent, '\u00a0');
  complain(node, 'a', { error: 'no such thing' });
  assert.equal(node.querySelector('mark'), null);
  assert.equal(node.hidden, false);
});

test('rich text sets parts off', () => {
  const node = new Element('p');
  rich(node, ['of ', ['7'], ' runs']);
  assert.equal(node.textContent, 'of 7 runs');
  assert.equal(node.querySelector('b').textContent, '7');
});
