// The filter: a box for an expression or words, and buttons for statuses. Its state is in the address.

import { $, complain, h, icon, inReport, keyed, set, text } from './dom.js';
import { number } from './format.js';
import { at, go, onChange } from './address.js';

const statuses = ['running', 'staged', 'pending', 'completed', 'error', 'terminated'];
const wait = 250; // milliseconds after the last keystroke

const box = $('filter');
let timer = null;

// filtered reports whether the page lists matching runs. A report always does.
export const filtered = () => inReport() || Boolean(at().filter.trim() || at().status.length);

// apply applies the text of the box at once.
export function apply() {
  clearTimeout(timer);
  go({ filter: box.value });
}

export function clear() {
  clearTimeout(timer);
  box.value = '';
  go({ filter: '', status: [] });
}

box.addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(apply, wait);
});

onChange((s, before) => {
  if (s.filter !== before.filter && s.filter !== box.value) box.value = s.filter;
  renderStatuses({});
});

const toggle = (status) => {
  const list = at().status;
  go({ status: list.includes(status) ? list.filter((s) => s !== status) : [...list, status] });
};

let counts = {};

// renderStatuses shows the statuses with their numbers of runs.
export function renderStatuses(of) {
  counts = { ...counts, ...of };
  keyed($('statuses'), statuses, (s) => s, (s) => {
    const button = h('button', { type: 'button', class: 'chip', 'data-status': s }, icon(s), h('span', {}, s), h('span', { class: 'n' }));
    button.addEventListener('click', () => toggle(s));
    return h('li', {}, button);
  }, (node, s) => {
    const button = node.firstElementChild;
    set(button, 'aria-pressed', at().status.includes(s) ? 'true' : 'false');
    set(button, 'data-none', !counts[s]);
    text(button.querySelector('.n'), number(counts[s] ?? 0));
  });
}

// tell shows how many runs match, or nothing without a filter.
export function tell(matched, total) {
  right();
  text($('filter-count'), filtered() && matched !== undefined ? `${number(matched)} of ${number(total)}` : '');
}

// wrong shows the server's error about the filter.
export function wrong(problem) {
  set(box, 'aria-invalid', 'true');
  text($('filter-count'), '');
  complain($('filter-wrong'), box.value, problem);
}

function right() {
  set(box, 'aria-invalid', null);
  $('filter-wrong').hidden = true;
}

box.value = at().filter;
if (inReport()) set(box, 'placeholder', 'Words');
renderStatuses({});
