// The page: snapshots in, nodes out, and the address says which run is open.

import { $, set, text } from './dom.js';
import { ticking } from './format.js';
import { setNow } from './clock.js';
import { connect } from './stream.js';
import { renderOverview } from './overview.js';
import { allRows, changes, filterBy, find, renderLists, rowOf } from './lists.js';
import { hide, mark, openId, show, update } from './run.js';
import { bindKeys, narrow } from './keys.js';

const announceEvery = 4000;

let before = null;
let heard = [];

function onSnapshot(s) {
  setNow(s.now);
  renderOverview(s);
  renderLists(s);
  update(find(openId()));
  mark(allRows());
  const news = changes(before, s);
  if (news) heard.push(news);
  before = s;
  document.body.removeAttribute('data-empty');
}

setInterval(() => {
  if (!heard.length) return;
  text($('announce'), heard.slice(-3).join('; '));
  heard = [];
}, announceEvery);

function onState(state, seconds) {
  set($('link'), 'data-state', state);
  text($('link-text'), {
    live: 'live',
    stalled: `no answer from the disk for ${ticking(seconds)}`,
    lost: 'connecting again',
    ended: 'its scheduler has ended',
  }[state]);
  set(document.body, 'data-old', state !== 'live');
}

// The address #run/ID names the run that is open: rows are links to it, and going back closes it.
function addressed() {
  try {
    return /^#run\/(.+)$/.exec(decodeURIComponent(location.hash))?.[1];
  } catch {
    return undefined; // not an address of ours
  }
}

function onAddress() {
  const id = addressed();
  if (id) show(id, find(id));
  else hide();
  set(document.body, 'data-run', Boolean(id));
  for (const behind of document.querySelectorAll('.bar, .overview, .schedulers, .lists, .foot')) behind.inert = Boolean(id) && narrow.matches;
  mark(allRows());
  if (id && narrow.matches) $('run-title').focus();
}

const goTo = (hash) => {
  history.replaceState(null, '', hash || location.pathname);
  onAddress();
};

let settle = null;
// open follows the keys, which may run through many rows.
const open = (id) => {
  clearTimeout(settle);
  settle = setTimeout(() => goTo(`#run/${id}`), 120);
};
const close = () => {
  clearTimeout(settle);
  goTo('');
};

addEventListener('hashchange', onAddress);
narrow.addEventListener('change', onAddress);
$('run-close').addEventListener('click', () => {
  const id = openId();
  close();
  rowOf(id)?.focus();
});
bindKeys({ open, close, filter: filterBy });
connect(onSnapshot, onState);
onAddress();
