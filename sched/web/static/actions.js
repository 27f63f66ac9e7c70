// Actions on runs: a menu for the open run, another for all matching runs, and a dialog that asks for confirmation with the number of runs.

import { $, h, inReport, set, text } from './dom.js';
import { count, number } from './format.js';

const most = 2000; // the most runs of one action, a limit of the server
const listed = 6; // the most runs that the dialog names

// Each action: the label of the menu item, the label of the dialog's button, the prompt for the text that it needs, and the statuses it
// applies to.
const ended = ['completed', 'error', 'terminated'];
export const actions = {
  stop: { word: 'Stop', verb: 'Stop', for: ['running', 'staged'] },
  restage: { word: 'Stage again', verb: 'Stage', after: 'again', for: ended },
  label: { word: 'Label…', verb: 'Label', ask: 'Label, which may name flags, as in ${lr}; leave it empty to remove the label', may: true },
  tag: { word: 'Add a tag…', verb: 'Tag', ask: 'Tag' },
  untag: { word: 'Remove a tag…', verb: 'Remove the tag from', ask: 'Tag' },
  comment: { word: 'Comment…', verb: 'Comment on', ask: 'Comment' },
  mark: { word: 'Mark', verb: 'Mark' },
  unmark: { word: 'Remove the mark', verb: 'Remove the mark from' },
  trash: { word: 'Move to the trash', verb: 'Move', after: 'to the trash', for: [...ended, 'pending', 'staged'] },
};

// title returns the question of the dialog, which is also the label of its button.
export const title = (name, n) => [actions[name].verb, count(n, 'run'), actions[name].after].filter(Boolean).join(' ');

// fits returns the names of the actions that apply to a status; without a status, all.
export const fits = (status) => Object.keys(actions).filter((name) => !status || !actions[name].for || actions[name].for.includes(status));

let asked = null; // the action and the runs that the open dialog is about

const dialog = $('action');

function open(name, runs) {
  const a = actions[name];
  asked = { name, runs: runs.slice(0, most) };
  const { runs: those } = asked;
  text($('action-title'), `${title(name, those.length)}?`);
  text($('action-do'), title(name, those.length));
  set($('action-do'), 'data-do', name);
  $('action-runs').replaceChildren(...those.slice(0, listed).map((r) => h('li', {}, h('code', {}, r.short_id), ` ${r.op} `, h('span', { class: 'quiet' }, r.label))));
  if (those.length > listed) $('action-runs').append(h('li', { class: 'quiet' }, `and ${number(those.length - listed)} more`));
  if (runs.length > most) $('action-runs').append(h('li', { class: 'quiet' }, `not the other ${number(runs.length - most)}: one action is for ${number(most)} at most`));
  $('action-ask').hidden = !a.ask;
  text($('action-ask').firstElementChild, a.ask ?? '');
  $('action-value').value = '';
  $('action-value').required = Boolean(a.ask) && !a.may;
  $('action-output').hidden = true;
  $('action-do').hidden = false;
  text($('action-close'), 'Cancel');
  if (!dialog.open) dialog.showModal();
  (a.ask ? $('action-value') : $('action-close')).focus();
}

$('action-form').addEventListener('submit', async (e) => {
  e.preventDefault();
  const { name, runs } = asked;
  $('action-do').disabled = true;
  let done;
  try {
    const answer = await fetch('api/actions', {
      method: 'POST', headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ do: name, runs: runs.map((r) => r.id), value: $('action-value').value }),
    });
    done = await answer.json();
  } catch (err) {
    done = { output: '', error: `The server does not answer (${err.message}). Check whether it was done.` };
  }
  $('action-do').disabled = false;
  $('action-do').hidden = true;
  $('action-ask').hidden = true;
  $('action-output').hidden = false;
  text($('action-output'), [done.output.trim(), done.error].filter(Boolean).join('\n') || 'Done.');
  text($('action-close'), 'Close');
  $('action-close').focus();
});
$('action-close').addEventListener('click', () => dialog.close());

// menu fills node, a <details>, with the actions. statusOf() returns the status of the menu's run, null if the menu is for several runs;
// runsOf() returns the runs.
export function menu(node, statusOf, runsOf) {
  const list = node.lastElementChild;
  node.addEventListener('toggle', () => {
    if (!node.open) return;
    list.replaceChildren(...fits(statusOf()).map((name) => {
      const button = h('button', { type: 'button', 'data-do': name }, actions[name].word);
      button.addEventListener('click', async () => {
        node.open = false;
        const runs = await runsOf();
        if (runs.length) open(name, runs);
      });
      return button;
    }));
  });
  node.addEventListener('keydown', (e) => {
    if (e.key !== 'Escape' || !node.open) return;
    e.stopPropagation();
    node.open = false;
    node.firstElementChild.focus();
  });
  document.addEventListener('click', (e) => { if (!node.contains(e.target)) node.open = false; });
}

// offer shows the menus if the server accepts actions.
export function offer(can) {
  for (const node of document.querySelectorAll('.actions')) node.hidden = !can;
  text($('reads'), can || inReport() ? '' : 'This page cannot change runs. ');
}
