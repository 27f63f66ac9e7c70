// The menu of columns of the comparison.

import { $, complain, h, keyed, set, text } from './dom.js';
import { at, go, onChange } from './address.js';

const legends = { run: 'Of every run', attribute: 'Attributes', flag: 'Flags', scalar: 'Scalars' };

// renderColumns lists the columns, grouped by kind.
export function renderColumns(columns, hidden) {
  const groups = Object.keys(legends).map((kind) => ({ kind, columns: columns.filter((c) => c.kind === kind) })).filter((g) => g.columns.length);
  keyed($('column-list'), groups, (g) => g.kind, (g) => h('fieldset', {}, h('legend', {}, legends[g.kind], makeAll()), h('div', {})), (node, g) => {
    const button = node.querySelector('button');
    button.names = g.columns.map((c) => c.name);
    text(button, g.columns.every(hidden) ? 'all' : 'none');
    keyed(node.lastElementChild, g.columns, (c) => c.name, makeBox, (label, c) => {
      label.firstElementChild.checked = !hidden(c);
      set(label, 'data-same', c.same);
    });
  });
  const n = columns.filter(hidden).length;
  text($('columns-count'), n ? `${n} hidden` : '');
}

// makeAll returns a button that shows all columns of a group, or hides them.
function makeAll() {
  const button = h('button', { type: 'button' });
  button.addEventListener('click', () => {
    const rest = at().hide.filter((name) => !button.names.includes(name));
    go({ hide: button.textContent === 'all' ? rest : [...rest, ...button.names] });
  });
  return button;
}

function makeBox(c) {
  const box = h('input', { type: 'checkbox' });
  box.addEventListener('change', () => {
    const rest = at().hide.filter((name) => name !== c.name);
    go({ hide: box.checked ? rest : [...rest, c.name] });
  });
  return h('label', { title: c.name }, box, h('span', {}, c.name));
}

const more = $('columns-more');

more.addEventListener('change', () => go({ cols: more.value.trim() }));

onChange((s) => { if (document.activeElement !== more) more.value = s.cols; });
more.value = at().cols;

// wrongColumns shows the server's error about the requested columns; without a problem it hides the message.
export function wrongColumns(problem) {
  $('columns-wrong').hidden = !problem;
  set(more, 'aria-invalid', problem ? 'true' : null);
  if (!problem) return;
  complain($('columns-wrong'), more.value, problem);
  $('columns').open = true;
}

// A click outside of the menu or the Escape key closes it.
document.addEventListener('pointerdown', (e) => { if (!e.target.closest('#columns')) $('columns').open = false; });
$('columns').addEventListener('keydown', (e) => {
  if (e.key !== 'Escape' || !$('columns').open) return;
  $('columns').open = false;
  $('columns').querySelector('summary').focus();
  e.stopPropagation();
});
