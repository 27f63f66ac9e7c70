// The files of the open run: a tree whose directories are read when they are opened, and the run's images.

import { $, h, inReport, keyed, set, text } from './dom.js';
import { bytes, count, moment } from './format.js';

let run = null;

export const fileURL = (id, path, what = 'files') => `api/runs/${encodeURIComponent(id)}/${what}/${path.split('/').map(encodeURIComponent).join('/')}`;

export const fileAddress = (id, path) => `#run/${id}/files/${path.split('/').map(encodeURIComponent).join('/')}`;

// showFiles reads the files of a run, again if it is shown already.
export function showFiles(id) {
  if (run !== id) {
    $('files').replaceChildren();
    text($('files-state'), '');
  }
  run = id;
  read($('files'), '');
}

async function read(node, dir) {
  const id = run;
  let list;
  try {
    const answer = await fetch(`api/runs/${encodeURIComponent(id)}/files?dir=${encodeURIComponent(dir)}`);
    list = await answer.json();
    if (!answer.ok) throw new Error(list.error);
  } catch (err) {
    if (run === id) node.replaceChildren(h('p', { class: 'quiet' }, err.message));
    return;
  }
  if (run === id) render(node, dir, list);
}

function render(node, dir, list) {
  const { files } = list;
  if (dir === '') text($('files-state'), files.length ? '' : 'none');
  if (!node.querySelector(':scope > .tree')) node.replaceChildren(h('ul', { class: 'tree' }), h('div', { class: 'thumbs' }), h('p', { class: 'quiet' }));
  const [tree, thumbs, rest] = node.children;
  const path = (f) => (dir ? `${dir}/${f.name}` : f.name);
  keyed(tree, files, (f) => `${f.directory ? 'd' : 'f'} ${f.name}`, (f) => (f.directory ? makeDir(path(f), f) : h('li', {})), (item, f) => {
    if (f.directory) {
      if (item.firstElementChild.open) read(item.querySelector('.inside'), path(f));
    } else {
      renderFile(item, path(f), f);
    }
  });
  const images = files.filter((f) => f.media === 'image' && !f.closed);
  keyed(thumbs, images, (f) => `${f.name} ${f.modified}`, (f) => h('a', { href: fileAddress(run, path(f)), title: f.name },
    h('img', { src: fileURL(run, path(f)), alt: f.name, loading: 'lazy' })), () => {});
  thumbs.hidden = images.length === 0;
  rest.hidden = !list.more;
  text(rest, list.more ? `and ${count(list.more, 'more', 'more')}: guild ls shows all` : '');
}

function makeDir(path, f) {
  const inside = h('div', { class: 'inside' });
  const details = h('details', {}, h('summary', {}, h('span', { class: 'f-name' }, `${f.name}/`), kind(f)), inside);
  details.addEventListener('toggle', () => { if (details.open) read(inside, path); });
  return h('li', {}, details);
}

const kind = (f) => h('span', { class: 'f-kind' }, { sourcecode: 'source', dependency: 'dependency' }[f.kind] ?? '');

function renderFile(item, path, f) {
  const key = JSON.stringify(f);
  if (item.dataset.file === key) return;
  item.dataset.file = key;
  const name = f.closed ? h('span', { class: 'f-name' }, f.name) : h('a', { class: 'f-name file', href: fileAddress(run, path), 'data-path': path }, f.name);
  set(name, 'title', f.modified && `${moment(f.modified)}`);
  const to = f.target ? h('span', { class: 'f-target', title: f.target }, `→ ${f.target}`) : '';
  item.replaceChildren(h('div', { class: 'f-row' }, name, to, kind(f), h('span', { class: 'f-size' }, f.closed ? (inReport() ? 'not copied' : 'not here') : bytes(f.size))));
}
