// The controls for drawing curves. Their state is in the address.

import { h, keyed, set, text } from './dom.js';
import { at, go, onChange } from './address.js';

const axes = [['', 'Step'], ['relative', 'Elapsed'], ['time', 'Clock']];

// makeSettings fills node with the controls. those() returns the names of the flags to group and colour by, or null for a single run.
export function makeSettings(node, those) {
  const choice = (name, label, options) => {
    const select = h('select', {});
    select.addEventListener('change', () => go({ [name]: select.value }));
    const update = () => {
      keyed(select, options(), ([value]) => value, ([value, words]) => h('option', { value }, words), () => {});
      select.value = at()[name];
    };
    return { node: h('label', {}, h('span', {}, label), select), update };
  };
  const tick = (name, label) => {
    const box = h('input', { type: 'checkbox' });
    box.addEventListener('change', () => go({ [name]: box.checked ? '1' : '' }));
    return { node: h('label', { class: 'check' }, box, label), update: () => { box.checked = at()[name] !== ''; } };
  };
  const slider = h('input', { type: 'range', min: 0, max: 0.99, step: 0.01 });
  const shown = h('output', {});
  slider.addEventListener('input', () => go({ smooth: slider.value === '0' ? '' : slider.value }));
  const smoothing = {
    node: h('label', {}, h('span', {}, 'Smoothing'), slider, shown),
    update: () => {
      slider.value = at().smooth || 0;
      text(shown, at().smooth || '0');
    },
  };
  const filter = h('input', { type: 'search', placeholder: 'Scalars: loss, acc', autocomplete: 'off', spellcheck: 'false', 'aria-label': 'Show only scalars with these words' });
  let timer = null;
  filter.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => go({ cards: filter.value }), 250);
  });
  const cards = { node: filter, update: () => { if (document.activeElement !== filter) filter.value = at().cards; } };
  const names = () => (those?.() ?? []).map((name) => [`flag:${name}`, name]);
  const list = [cards, choice('x', 'X axis', () => axes), smoothing, tick('log', 'Log axis'), tick('clip', 'Ignore outliers')];
  if (those) {
    list.push(choice('group', 'Group by', () => [['', 'nothing'], ['op', 'operation'], ...names()]),
      choice('colour', 'Colour by', () => [['', 'run'], ['op', 'operation'], ...names()]));
  }
  const update = () => { for (const control of list) control.update(); };
  node.replaceChildren(...list.map((control) => control.node));
  onChange(update);
  update();
  set(node, 'data-ready', true);
  return update;
}
