// The source code of the open run, compared with another version.

import { $, h, keyed, text } from './dom.js';
import { renderFiles } from './difflines.js';

let shown = null; // id
let wanted = ''; // what it is compared with: prototype, project, a run's id, or '' for the server's choice

export async function showSource(id, value = '') {
  if (shown !== id) $('source-diff').replaceChildren();
  shown = id;
  wanted = value;
  text($('source-state'), 'comparing…');
  let source;
  try {
    const answer = await fetch(`api/runs/${encodeURIComponent(id)}/source?with=${encodeURIComponent(value)}`);
    source = await answer.json();
    if (!answer.ok) throw new Error(source.error);
  } catch (err) {
    source = { choices: [], error: err.message };
  }
  if (shown !== id || wanted !== value) return;
  text($('source-state'), '');
  const select = $('source-with');
  keyed(select, source.choices, (c) => c.value, (c) => h('option', { value: c.value }, c.name), () => {});
  select.value = source.with ?? '';
  select.parentElement.hidden = source.choices.length === 0;
  renderFiles($('source-diff'), source, source.choices.find((c) => c.value === source.with)?.name ?? '');
}

$('source-with').addEventListener('change', (e) => showSource(shown, e.target.value));
