// Files that differ, with their changed lines.

import { h } from './dom.js';
import { count } from './format.js';

const words = { changed: 'changed', added: 'only here', removed: 'only there' };

// renderFiles fills node with the result of a comparison of source code. what describes what the run was compared with.
export function renderFiles(node, source, what) {
  if (source.error) {
    node.replaceChildren(h('p', { class: 'empty' }, source.error));
    return;
  }
  if (!source.files.length) {
    node.replaceChildren(h('p', { class: 'empty' }, source.same ? `All ${count(source.same, 'file')} of source code ${source.same === 1 ? 'is' : 'are'} the same as in ${what}.` : 'There is no source code to compare.'));
    return;
  }
  node.replaceChildren(...source.files.map(file), h('p', { class: 'quiet' }, source.same ? `${count(source.same, 'other file')} ${source.same === 1 ? 'is' : 'are'} the same.` : ''));
}

function file(f) {
  const lines = f.lines ?? [];
  const plus = lines.filter((l) => l[0] === '+').length;
  const minus = lines.filter((l) => l[0] === '-').length;
  return h('details', { class: 'file-diff', open: true },
    h('summary', {}, h('code', {}, f.path), h('span', { class: 'quiet' }, words[f.state]), h('span', { class: 'plus' }, plus ? `+${plus}` : ''), h('span', { class: 'minus' }, minus ? `−${minus}` : '')),
    h('pre', { class: 'diff', tabindex: 0, 'aria-label': `Differences of ${f.path}` }, ...lines.map(line)),
    h('p', { class: 'quiet' }, f.why ?? ''));
}

const kinds = { '+': 'add', '-': 'del', '@': 'at' };

function line(l) {
  const kind = kinds[l[0]];
  return h(kind === 'add' ? 'ins' : kind === 'del' ? 'del' : 'span', { class: kind ?? null }, `${l[0] === '@' ? '' : l[0]}${l.slice(1)}\n`);
}
