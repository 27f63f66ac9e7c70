// The output of the open run: followed while it is written, with search, colours and times.

import { $, set, text } from './dom.js';
import { count, number } from './format.js';
import { Screen, progress } from './screen.js';

const chunk = 64 << 10;

let open = null; // {id, source, from, next, done}: from is null if earlier output can no longer be prepended
let matches = null; // {words, offsets, lines, total, at}: the lines with the searched words, and the index of the current one
const screen = new Screen($('output'), (following) => { $('output-end').hidden = following; });

export function openOutput(id) {
  if (open?.id === id && (open.source || open.done)) return;
  if (open?.id !== id) {
    closeOutput();
    open = { id, source: null, from: 0, next: null, done: false };
    screen.clear();
    $('output-empty').hidden = true;
    $('output-earlier').hidden = true;
    $('output-end').hidden = true;
    text($('output-state'), '');
    find('');
  }
  follow();
}

export function closeOutput() {
  open?.source?.close();
  if (open) open.source = null;
  open = null;
}

// follow streams the output from the last position, or from near the end.
function follow() {
  const mine = open;
  const from = mine.next === null ? '' : `?offset=${mine.next}`;
  const source = new EventSource(`api/runs/${encodeURIComponent(mine.id)}/events${from}`);
  mine.source = source;
  const close = () => {
    source.close();
    if (mine.source === source) mine.source = null;
  };
  source.addEventListener('output', (e) => {
    if (open !== mine) return;
    const out = JSON.parse(e.data);
    if (out.reset || mine.next === null) {
      screen.clear();
      mine.from = out.offset;
    }
    mine.next = out.next;
    mine.done = out.done;
    screen.append(out);
    if (screen.following && screen.trim()) mine.from = null;
    said(out);
  });
  source.addEventListener('end', close);
  source.addEventListener('gone', (e) => {
    close();
    if (open === mine) text($('output-state'), JSON.parse(e.data).error);
  });
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) close();
    else if (open === mine) text($('output-state'), 'waiting for the server');
  };
}

function said(out) {
  text($('output-state'), out.size ? progress(out.size, out.done) : '');
  const none = $('output-empty');
  none.hidden = !screen.empty;
  text(none, out.done ? 'This run printed nothing.' : 'Nothing printed yet.');
  $('output-earlier').hidden = !open.from;
}

async function piece(offset, limit) {
  const mine = open;
  const answer = await fetch(`api/runs/${encodeURIComponent(mine.id)}/output?offset=${offset}&limit=${limit}`);
  return answer.ok && open === mine ? answer.json() : null;
}

$('output-earlier').addEventListener('click', async () => {
  const to = open.from;
  const at = Math.max(0, to - chunk);
  const out = await piece(at, to - at);
  if (!out || open.from !== to) return;
  screen.prepend(out);
  open.from = at;
  $('output-earlier').hidden = !at;
  highlight();
});

// toEnd goes to the end, which is read again if an earlier part is shown.
function toEnd() {
  if (open.detached) {
    Object.assign(open, { next: null, done: false, detached: false });
    screen.clear();
    follow();
  } else {
    screen.toEnd();
  }
}
$('output-end').addEventListener('click', toEnd);

$('output-times').addEventListener('click', (e) => {
  const on = $('output').toggleAttribute('data-times');
  set(e.currentTarget, 'aria-pressed', on ? 'true' : 'false');
  if (screen.following) screen.toEnd();
});

// --- search

const box = $('output-find');
let timer = null;

function find(words) {
  clearTimeout(timer);
  if (box.value !== words) box.value = words;
  matches = null;
  text($('output-found'), '');
  $('find-next').disabled = $('find-previous').disabled = true;
  highlight();
}

async function search() {
  const words = box.value;
  const mine = open;
  if (!words) {
    find('');
    return;
  }
  if (matches?.words === words) return;
  const answer = await fetch(`api/runs/${encodeURIComponent(mine.id)}/output/search?words=${encodeURIComponent(words)}`);
  if (!answer.ok || open !== mine || box.value !== words) return;
  const { at, lines, total } = await answer.json();
  matches = { words, offsets: at, lines, total, at: at.length };
  $('find-next').disabled = $('find-previous').disabled = !at.length;
  text($('output-found'), at.length ? count(total, 'match', 'matches') : 'no match');
  highlight();
  if (at.length) step(-1);
}

// step goes to the next match, or with -1 to the previous one.
async function step(by) {
  if (!matches?.lines.length) return;
  const n = matches.lines.length;
  matches.at = (matches.at + by + n) % n;
  text($('output-found'), `line ${number(matches.at + 1)} of ${number(n)}`);
  const offset = matches.offsets[matches.at];
  const line = matches.lines[matches.at];
  if (!screen.showLine(line)) {
    // The line is not loaded: show the part around it in place of the end.
    open.source?.close();
    open.source = null;
    open.detached = true;
    const from = Math.max(0, offset - chunk / 2);
    const out = await piece(from, chunk);
    if (!out) return;
    screen.clear();
    screen.append(out);
    screen.following = false;
    open.from = out.offset;
    $('output-earlier').hidden = !out.offset;
    $('output-end').hidden = false;
    screen.showLine(line);
  }
  highlight();
}

box.addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(search, 250);
});
box.addEventListener('keydown', (e) => {
  if (e.key === 'Enter') {
    if (matches?.words === box.value) step(e.shiftKey ? -1 : 1);
    else search();
  } else if (e.key === 'Escape' && box.value) {
    find('');
  } else {
    return;
  }
  e.preventDefault();
  e.stopPropagation();
});
$('find-next').addEventListener('click', () => step(1));
$('find-previous').addEventListener('click', () => step(-1));

// highlight marks matches without changing the page's nodes.
function highlight() {
  if (!globalThis.CSS?.highlights) return;
  CSS.highlights.delete('found');
  if (!matches?.words) return;
  const ranges = screen.ranges(matches.words.toLowerCase());
  if (ranges.length) CSS.highlights.set('found', new Highlight(...ranges));
}

document.addEventListener('visibilitychange', () => {
  if (!open || open.detached) return;
  if (document.hidden) {
    open.source?.close();
    open.source = null;
  } else if (!open.done) {
    follow();
  }
});

new ResizeObserver(() => screen.following && screen.toEnd()).observe($('output'));
