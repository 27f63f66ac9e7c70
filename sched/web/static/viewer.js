// The viewer of one file of a run, in front of the page.

import { $, h, set, text } from './dom.js';
import { bytes, count, number } from './format.js';
import { build } from './nodes.js';
import { fileAddress, fileURL } from './files.js';

const dialog = $('viewer');
let shown = null; // {id, path}
let leave = () => {};

// bindViewer has closed() called when the viewer is closed.
export function bindViewer(closed) {
  leave = closed;
}

export async function showFile(id, path) {
  if (shown?.id === id && shown.path === path) return;
  const mine = { id, path };
  shown = mine;
  const url = fileURL(id, path);
  text($('viewer-title'), path);
  text($('viewer-about'), '');
  $('viewer-download').href = $('viewer-open').href = '';
  $('viewer-body').replaceChildren();
  set($('viewer-body'), 'data-kind', null);
  if (!dialog.open) dialog.showModal();
  try {
    const head = await fetch(url, { method: 'HEAD' });
    if (!head.ok) throw new Error((await (await fetch(url)).json()).error);
    // A report stores files that a browser would execute under another name.
    const at = globalThis.guildReport?.placed(url) ?? url;
    $('viewer-download').href = `${at}?download`;
    $('viewer-open').href = at;
    const type = head.headers.get('Content-Type') ?? '';
    const size = Number(head.headers.get('Content-Length') ?? 0);
    const node = media(type, url, path, size) ?? await read(id, path);
    if (shown !== mine) return;
    if (!$('viewer-about').textContent) text($('viewer-about'), bytes(size));
    $('viewer-open').hidden = type.startsWith('application/octet');
    $('viewer-body').replaceChildren(node);
  } catch (err) {
    if (shown === mine) $('viewer-body').replaceChildren(h('p', { class: 'quiet' }, err.message));
  }
}

// media returns a node for types that the browser shows itself, null for text.
function media(type, url, path, size) {
  const kind = type.startsWith('text/html') ? 'report' : type === 'application/pdf' ? 'pdf' : type.split('/')[0];
  if (size === 0) return h('p', { class: 'quiet' }, 'This file is empty.');
  set($('viewer-body'), 'data-kind', kind);
  return {
    image: () => h('img', { src: url, alt: path }),
    audio: () => h('audio', { src: url, controls: true }),
    video: () => h('video', { src: url, controls: true }),
    pdf: () => h('iframe', { src: url, title: path }),
    // Without allow-same-origin the scripts of the file can access neither this page nor the server.
    report: () => h('iframe', { sandbox: 'allow-scripts', src: `${url}?report`, title: path }),
    application: () => h('p', { class: 'quiet' }, 'A browser cannot show this kind of file: download it.'),
  }[kind]?.() ?? null;
}

// read requests the nodes of a text from the server.
async function read(id, path) {
  const answer = await fetch(fileURL(id, path, 'shown'));
  const file = await answer.json();
  if (!answer.ok) throw new Error(file.error);
  set($('viewer-body'), 'data-kind', file.kind);
  if (file.cut) text($('viewer-about'), `the first ${bytes(file.cut)} of ${bytes(file.size)}`);
  if (file.kind === 'table') return table(file.table, path);
  if (file.kind === 'markdown') return h('div', { class: 'document' }, ...build(file.nodes));
  return h('pre', { class: 'code' }, ...build(file.nodes));
}

function table({ header, rows, more }, path) {
  const numeric = header.map((_, i) => rows.length > 0 && rows.every((r) => !r[i] || Number.isFinite(Number(r[i]))));
  const cell = (tag, attrs) => (v, i) => h(tag, { ...attrs, class: numeric[i] ? 'num' : null }, v ?? '');
  return h('div', { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': `Table of ${path}` },
    h('table', { class: 'table' },
      h('caption', { class: more ? null : 'vh' }, more ? `The first ${number(rows.length)} of ${number(rows.length + more)} rows` : count(rows.length, 'row')),
      h('thead', {}, h('tr', {}, ...header.map(cell('th', { scope: 'col' })))),
      h('tbody', {}, ...rows.map((r) => h('tr', {}, ...header.map((_, i) => cell('td', {})(r[i], i)))))));
}

export function hideFile() {
  shown = null;
  if (dialog.open) dialog.close();
  $('viewer-body').replaceChildren(); // stops audio and video
}

dialog.addEventListener('close', () => { if (shown) leave(shown.id); });
dialog.addEventListener('click', (e) => { if (e.target === dialog) dialog.close(); });
$('viewer-close').addEventListener('click', () => dialog.close());

// step shows the next or previous file of the visible part of the tree.
function step(by) {
  const files = [...document.querySelectorAll('#files a.file')].filter((a) => a.checkVisibility());
  const i = files.findIndex((a) => a.dataset.path === shown.path);
  const next = files[i + by];
  if (i >= 0 && next) location.replace(fileAddress(shown.id, next.dataset.path));
}

$('viewer-next').addEventListener('click', () => step(1));
$('viewer-previous').addEventListener('click', () => step(-1));
dialog.addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.target.matches('video, audio')) return;
  const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
  if (!by) return;
  step(by);
  e.preventDefault();
});
