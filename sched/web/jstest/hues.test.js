import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hue, mix } from '../static/hues.js';

// contrast is the ratio of two colours by WCAG 2, from 1 to 21.
function contrast(a, b) {
  const light = (hex) => {
    const [r, g, bl] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)).map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * bl;
  };
  const [hi, lo] = [light(a), light(b)].sort((x, y) => y - x);
  return (hi + 0.05) / (lo + 0.05);
}

// The sheets on which charts are drawn, and the paper around them: --sheet and --paper of page.css.
const pages = { light: ['#fffefa', '#f5f3ed'], dark: ['#1b1f23', '#14171a'] };

test('contrast is that of WCAG', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21);
  assert.equal(contrast('#777777', '#ffffff').toFixed(2), '4.48');
});

test('a mix lies between two colours', () => {
  assert.equal(mix('#000000', '#ff8000', 0.5), '#804000');
  assert.equal(mix('#123456', '#ffffff', 0), '#123456');
});

test('thirty curves have thirty colours, each with the contrast that WCAG asks of graphics', () => {
  for (const [theme, papers] of Object.entries(pages)) {
    const all = Array.from({ length: 30 }, (_, i) => hue(i, theme));
    assert.equal(new Set(all).size, 30, theme);
    for (const [i, c] of all.entries()) for (const paper of papers) assert.ok(contrast(c, paper) >= 3, `${theme} ${i} ${c}: ${contrast(c, paper).toFixed(2)}`);
    assert.equal(hue(30, theme), hue(0, theme));
  }
});
