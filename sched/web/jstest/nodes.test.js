import assert from 'node:assert/strict';
import { test } from 'node:test';

import './page.js';

const { build } = await import('../static/nodes.js');

test('only what is known becomes an element', () => {
  const [p] = build([['p', { class: 'x', onclick: 'alert(1)' }, 'a', ['script', { src: 'x' }, 'alert(1)'], ['a', { href: 'javascript:alert(1)' }, 'b'], ['a', { href: 'https://x.example' }, 'c']]]);
  assert.equal(p.tagName, 'P');
  assert.equal(p.getAttribute('class'), 'x');
  assert.equal(p.getAttribute('onclick'), null);
  const [, script, bad, good] = p.children;
  assert.deepEqual([script.tagName, script.textContent, script.getAttribute('src')], ['SPAN', 'alert(1)', null]);
  assert.equal(bad.getAttribute('href'), null);
  assert.equal(good.getAttribute('href'), 'https://x.example');
});

test('images and links lead into runs or to the web', () => {
  for (const [src, wanted] of [['api/runs/a/files/x.png', true], ['/etc/passwd', false], ['data:text/html,x', false], ['//evil.example', false]]) {
    const [img] = build([['img', { src, alt: '' }]]);
    assert.equal(img.getAttribute('src') !== null, wanted, src);
  }
});
