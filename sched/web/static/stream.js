// The connection to the server: its snapshots, and the state of the connection.

import { paced } from './pace.js';

const hiddenEvery = 15000;

// connect calls onSnapshot with each snapshot and onState(state, detail) with wait, live, stalled, lost or ended.
export function connect(onSnapshot, onState) {
  let source = null;
  let retry = null;
  let poll = null;
  let wait = 1000;
  let latest = null; // snapshot that was not shown yet, as JSON
  const show = paced(() => {
    if (latest === null) return;
    const snapshot = JSON.parse(latest);
    latest = null;
    onSnapshot(snapshot);
  });

  const open = () => {
    clearTimeout(retry);
    source?.close();
    source = new EventSource('api/events');
    let ended = false;
    source.addEventListener('status', (e) => {
      wait = 1000;
      onState('live');
      latest = e.data;
      show();
    });
    source.addEventListener('stalled', (e) => onState('stalled', JSON.parse(e.data).seconds));
    source.addEventListener('closing', () => { ended = true; });
    source.onerror = () => {
      onState(ended ? 'ended' : 'lost');
      // If the answer was not a stream (no server, or no free stream), the browser does not reconnect by itself.
      if (source.readyState === EventSource.CLOSED) {
        retry = setTimeout(open, wait);
        wait = Math.min(wait * 2, 30000);
      }
    };
  };

  // A browser has few connections to one server. A hidden page closes its own, and polls so that its title stays up to date.
  const ask = async () => {
    try {
      const answer = await fetch('api/status');
      if (!answer.ok) return;
      latest = null; // the answer is later
      onSnapshot(await answer.json());
    } catch { /* the stream will tell, once the page is seen again */ }
  };
  document.addEventListener('visibilitychange', () => {
    clearInterval(poll);
    if (document.hidden) {
      clearTimeout(retry);
      source?.close();
      poll = setInterval(ask, hiddenEvery);
    } else {
      open();
    }
  });
  open();
}
