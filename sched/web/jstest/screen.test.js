import assert from 'node:assert/strict';
import { test } from 'node:test';

import './page.js';

const { lines, overwrite } = await import('../static/screen.js');

test('pieces are cut at the ends of lines and keep their styles', () => {
  assert.deepEqual(lines([['a\nb', 'f1'], ['c\n', '']]), [[['a', 'f1']], [['b', 'f1'], ['c', '']], []]);
  assert.deepEqual(lines([['', '']]), [[]]);
});

test('a carriage return overwrites what is there, with its style', () => {
  assert.deepEqual(overwrite([['10%', ''], ['\r', ''], ['20', 'f2']]), [['20', 'f2'], ['%', '']]);
  assert.deepEqual(overwrite([['no return', 'b']]), [['no return', 'b']]);
  assert.deepEqual(overwrite([['ab\r\rc', '']]), [['cb', '']]);
  assert.deepEqual(overwrite([['😀x\ry', '']]), [['yx', '']]);
});
