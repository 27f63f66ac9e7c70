// One file of a run, in front of the page.

import { $, h, text } from './dom.js';
import { bytes } from './format.js';
import { fileAddress, fileURL } from './files.js';

const most = 256 << 10; // bytes of a text

const dialog = $('viewer');
let shown = null; // {id, path}
let leave = () => {};

// bindViewer has closed() called when a file was closed.
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
  $('viewer-download').href = `${url}?download`;
  $('viewer-open').href = url;
  $('viewer-body').replaceChildren();
  if (!dialog.open) dialog.showModal();
  let answer;
  let body = '';
  try {
    answer = await fetch(url, { headers: { Range: `bytes=0-${most - 1}` } });
    const type = answer.headers.get('Content-Type') ?? '';
    if (!answer.ok && answer.status !== 416) throw new Error((await answer.json()).error);
    if (answer.status !== 416 && type.startsWith('text/')) body = await answer.text();
    else if (answer.ok) answer.body.cancel();
  } catch (err) {
    if (shown === mine) $('viewer-body').replaceChildren(h('p', { class: 'quiet' }, err.message));
    return;
  }
  if (shown === mine) render(url, path, answer, body);
}

function render(url, path, answer, body) {
  const type = answer.headers.get('Content-Type') ?? '';
  const size = Number(answer.headers.get('Content-Range')?.split('/')[1] ?? answer.headers.get('Content-Length') ?? 0);
  const [media] = type.split('/');
  text($('viewer-about'), size > most && media === 'text' ? `the first ${bytes(most)} of ${bytes(size)}` : bytes(size));
  $('viewer-open').hidden = media === 'application';
  const node = {
    image: () => h('img', { src: url, alt: path }),
    audio: () => h('audio', { src: url, controls: true }),
    video: () => h('video', { src: url, controls: true }),
    text: () => h('pre', {}, body),
  }[media] ?? (() => h('p', { class: 'quiet' }, size === 0 ? 'This file is empty.' : 'This is no text, and nothing that a browser shows: download it.'));
  $('viewer-body').replaceChildren(node());
}

export function hideFile() {
  shown = null;
  if (dialog.open) dialog.close();
  $('viewer-body').replaceChildren(); // what plays ends
}

dialog.addEventListener('close', () => { if (shown) leave(shown.id); });
dialog.addEventListener('click', (e) => { if (e.target === dialog) dialog.close(); });
$('viewer-close').addEventListener('click', () => dialog.close());

// step shows the next file of those that the tree shows.
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
