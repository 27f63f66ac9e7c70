// Durations that tick. The page uses the clock of the serving host, not that of this machine.

import { text } from './dom.js';

let ahead = 0; // milliseconds by which the server's clock is ahead of this machine's
const forms = new WeakMap();

export const setNow = (iso) => { ahead = Date.parse(iso) - Date.now(); };

// since returns the seconds since a moment, never negative: the clocks of hosts differ.
export const since = (iso) => Math.max(0, (Date.now() + ahead - Date.parse(iso)) / 1000);

// tick makes node show form(seconds since iso), now and every second.
export function tick(node, iso, form) {
  node.dataset.since = iso;
  forms.set(node, form);
  show(node);
}

// still stops the ticking of a node.
export function still(node) {
  delete node.dataset.since;
}

function show(node) {
  text(node, forms.get(node)(since(node.dataset.since)));
}

setInterval(() => {
  for (const node of document.querySelectorAll('[data-since]')) show(node);
}, 1000);
