// Keyboard shortcuts.

import { $ } from './dom.js';
import { allRows, goToMatch, matchOf, rowOf } from './lists.js';
import { turn } from './run.js';
import { scrollTable } from './compare.js';
import { openId } from './run.js';
import { at, go as goTo } from './address.js';
import { apply, clear, filtered } from './filter.js';

let last = null; // id of the row that had the focus last

export function bindKeys({ open, close }) {
  const box = $('filter');
  const keys = $('keys');
  const help = () => (keys.open ? keys.close() : keys.showModal());
  $('help').addEventListener('click', help);
  document.addEventListener('focusin', (e) => { if (e.target.dataset.id) last = e.target.dataset.id; });

  const go = (index) => {
    const rows = allRows();
    if (!rows.length) return;
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    row.focus();
    row.scrollIntoView({ block: 'nearest' });
    if (openId() && !narrow.matches) open(row.dataset.id);
  };
  const move = (by) => {
    const rows = allRows();
    const at = rows.findIndex((r) => r === document.activeElement);
    const from = at >= 0 ? at : rows.findIndex((r) => r.dataset.id === last);
    // Long lists render only a part of their rows.
    if (from >= 0 && !rows[from + by]) {
      const match = matchOf(rows[from].dataset.id);
      if (match >= 0 && goToMatch(match + by)) return;
      if (scrollTable(by)) return;
    }
    go(from < 0 ? (by > 0 ? 0 : rows.length - 1) : from + by);
  };
  const toEnd = (end) => { if (!goToMatch(end) && !scrollTable(end)) go(end); };
  const escape = () => {
    if (document.activeElement === box && box.value) {
      box.value = '';
      apply();
    } else if (openId()) {
      const id = openId();
      close();
      rowOf(id)?.focus();
    } else if (filtered()) {
      clear();
    }
    if (document.activeElement === box) box.blur();
  };
  const toView = (view) => {
    goTo({ view: at().view === view ? 'runs' : view }, true);
    document.querySelector(`#${{ runs: 'headline', charts: 'h-charts', compare: 'h-compare', schedulers: 'h-lanes', studies: 'h-studies' }[at().view]}`).focus();
  };
  const onRow = () => document.activeElement === document.body || document.activeElement.dataset.id;
  const actions = {
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => onRow() && (move(1), true),
    ArrowUp: () => onRow() && (move(-1), true),
    g: () => toEnd(-Infinity),
    G: () => toEnd(Infinity),
    '/': () => { box.focus(); box.select(); },
    '?': help,
    c: () => toView('compare'),
    v: () => toView('charts'),
    s: () => toView('schedulers'),
    b: () => toView('studies'),
    f: () => openId() && goTo({ wide: at().wide ? '' : '1' }),
    a: () => {
      const menu = openId() ? $('run-actions') : $('match-actions');
      if (menu.hidden || !menu.firstElementChild.offsetParent) return false;
      menu.firstElementChild.click();
      menu.firstElementChild.focus();
      return true;
    },
    '[': () => turn(-1),
    ']': () => turn(1),
    t: () => $('theme').click(),
    Escape: escape,
    Enter: () => {
      const id = document.activeElement.dataset.id;
      if (!id || id !== openId()) return false; // the link opens the run
      turn('output');
      $('output').focus();
      return true;
    },
  };
  document.addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || document.querySelector('dialog[open]')) {
      if (e.key === '?' && keys.open) keys.close();
      return;
    }
    if (e.target === box) {
      if (e.key === 'Escape') escape();
      else if (e.key === 'ArrowDown') go(0);
      else if (e.key === 'Enter') apply();
      else return;
      e.preventDefault();
      return;
    }
    if (e.target.matches('input, select, textarea')) return;
    if (Object.hasOwn(actions, e.key) && actions[e.key]() !== false) e.preventDefault();
  });
}

// narrow matches screens that have room for either the lists or a run.
export const narrow = matchMedia('(max-width: 959px)');
