// The view of studies: the batches, and the results of one batch's trials.

import { $, h, icon, inReport, keyed, set, text } from './dom.js';
import { count, duration, figure, moment, number, ticking } from './format.js';
import { at, go, onChange } from './address.js';
import { Points } from './points.js';
import { flagAxis, inOrder, share } from './trials.js';

const mostRows = 100; // rows of the table; the comparison has all trials

let list = null; // the batches that match the filter
let study = null; // the last answer
const cards = new Map(); // by key: Points

// shownStudy returns the id of the shown batch: the one in the address, else the latest.
export const shownStudy = (s = at()) => s.study || list?.studies[0]?.id || null;

// studyURL returns the URL of the shown study; null if there is no batch.
export function studyURL(s = at()) {
  const id = shownStudy(s);
  if (!id) return null;
  const p = new URLSearchParams();
  for (const [name, value] of [['objective', s.objective], ['goal', s.goal], ['second', s.second], ['second-goal', s.goal2]]) if (value) p.set(name, value);
  const query = p.toString();
  return `api/studies/${encodeURIComponent(id)}${query && `?${query}`}`;
}

// renderStudies lists the batches.
export function renderStudies(m = list) {
  if (!m) return;
  list = m;
  text($('n-studies'), count(m.matched, 'batch', 'batches'));
  $('studies-empty').hidden = m.studies.length > 0 || Boolean(at().study);
  $('study-content').hidden = !$('studies-empty').hidden;
  $('study-settings').hidden = $('study-content').hidden;
  text($('studies-empty').firstElementChild, m.total ? 'No batch matches the filter.' : "There is no batch yet. guild run OP 'lr=[0.1,0.01]' makes one.");
  keyed($('study-list'), m.studies, (r) => r.id, makeRow, (node, r) => {
    const [status, link] = node.children;
    if (status.dataset.status !== r.status) {
      set(status, 'data-status', r.status);
      set(status, 'title', r.status);
      status.replaceChildren(icon(r.status), h('span', { class: 'vh' }, r.status));
    }
    const [op, label, n] = link.children;
    text(op, r.op);
    text(label, r.gone ? r.short_id : r.label);
    text(n, r.planned ? `${number(r.ended)}/${number(r.planned)}` : number(r.trials));
    set(link, 'title', `${r.op} ${r.label}\n${r.short_id}, ${r.ended} of ${count(r.planned || r.trials, 'trial')} ended`);
    set(link, 'aria-current', r.id === shownStudy() ? 'true' : null);
  });
  $('study-more').hidden = m.studies.length >= m.matched;
  text($('study-more'), `The newest ${number(m.studies.length)} of ${number(m.matched)}: filter to see others.`);
  $('study').hidden = !study || study.id !== shownStudy();
}

function makeRow(r) {
  const link = h('a', { href: `?view=studies&study=${r.id}` }, h('span', { class: 'op' }), h('span', { class: 'label' }), h('span', { class: 'n' }));
  link.addEventListener('click', (e) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    go({ study: r.id, objective: '', goal: '', second: '', goal2: '', by: '' }, true);
  });
  return h('li', {}, h('span', { class: 'st' }), link);
}

export function wrongStudy(problem) {
  $('study').hidden = false;
  $('study-wrong').hidden = false;
  text($('study-wrong'), problem.error);
}

// renderStudy shows one batch.
export function renderStudy(s) {
  study = s;
  $('study').hidden = false;
  $('study-wrong').hidden = true;
  renderSettings();
  renderHead();
  renderCards();
  renderTrials();
}

const ended = (s) => ['completed', 'error', 'terminated'].reduce((n, status) => n + (s.statuses[status] ?? 0), 0);

// What the head says below the name. Its parts stay, so that an update does not take the focus from the link.
const summary = { facts: h('span'), result: h('b'), of: h('span'), link: h('a') };
summary.best = h('span', {}, ' · best ', summary.result, summary.of, summary.link);
$('study-facts').append(summary.facts, summary.best);

function renderHead() {
  const s = study;
  text($('study-name'), `${s.op} ${s.short_id}`);
  set($('study-name'), 'href', s.gone ? null : `#run/${s.id}/overview`);
  text($('study-label'), s.gone ? 'The run of the batch itself is not here; --keep-batch keeps it.' : s.label);
  const n = ended(s);
  const all = Math.max(s.planned ?? 0, s.trials.length + (s.more ?? 0));
  $('study-progress').max = Math.max(1, all);
  $('study-progress').value = n;
  const facts = [s.planned || n === all ? `${number(n)} of ${count(all, 'trial')} ended` : `${count(n, 'trial')} ended of ${number(all)} so far`];
  if (s.statuses.error) facts.push(`${number(s.statuses.error)} failed`);
  if (s.statuses.running) facts.push(`${number(s.statuses.running)} at work`);
  if (s.statuses.staged) facts.push(`${number(s.statuses.staged)} waiting`);
  if (s.expected) facts.push(`expected end ${moment(s.expected)}, in ${ticking((Date.parse(s.expected) - Date.parse(s.now)) / 1000)}`);
  if (s.status !== 'running' && s.planned && n < all && !s.statuses.running) facts.push(`the batch is ${s.status}`);
  const best = s.trials[s.best];
  text(summary.facts, facts.join(' · '));
  summary.best.hidden = !best;
  if (!best) return;
  text(summary.result, figure(best.result));
  text(summary.of, ` ${s.objective.name} by `);
  set(summary.link, 'href', `#run/${best.id}`);
  text(summary.link, `trial ${number(s.best + 1)}`);
}

// --- settings

const option = (value, words) => h('option', { value }, words);

function choice(label, change) {
  const select = h('select', {});
  select.addEventListener('change', () => change(select.value));
  return { select, node: h('label', {}, h('span', {}, label), select) };
}

const goals = [['min', 'smaller is better'], ['max', 'larger is better']];
const controls = {
  objective: choice('Objective', (v) => go({ objective: v, goal: '' })),
  goal: choice('', (v) => go({ goal: v })),
  second: choice('Second objective', (v) => go({ second: v, goal2: '' })),
  goal2: choice('', (v) => go({ goal2: v })),
};
set(controls.goal.select, 'aria-label', 'Which values of the objective are better');
set(controls.goal2.select, 'aria-label', 'Which values of the second objective are better');
const ticks = [['log', 'Log axis'], ['clip', 'Ignore outliers']].map(([name, words]) => {
  const box = h('input', { type: 'checkbox' });
  box.addEventListener('change', () => go({ [name]: box.checked ? '1' : '' }));
  return { name, box, node: h('label', { class: 'check' }, box, words) };
});
$('study-settings').append(...Object.values(controls).map((c) => c.node), ...ticks.map((t) => t.node));

function renderSettings() {
  const { objective, second, objectives } = study;
  const names = (now) => [...new Set([...objectives, ...(now ? [now.name] : [])])].map((name) => [name, name]);
  fillSelect(controls.objective.select, names(objective), objective?.name);
  fillSelect(controls.second.select, [['', 'none'], ...names(second)], second?.name ?? '');
  fillSelect(controls.goal.select, goals, objective?.goal);
  fillSelect(controls.goal2.select, goals, second?.goal);
  controls.goal2.node.hidden = !second;
  controls.second.node.hidden = inReport();
  for (const t of ticks) t.box.checked = at()[t.name] !== '';
}

function fillSelect(select, options, value) {
  keyed(select, options, ([v]) => `o ${v}`, ([v, words]) => option(v, words), () => {});
  select.value = value ?? '';
}

// --- charts

const open = (id) => { location.hash = `#run/${id}`; };

function card(key, name, parent) {
  if (!cards.has(key)) cards.set(key, new Points(name, open));
  const made = cards.get(key);
  if (made.node.parentElement !== parent) parent.append(made.node);
  return made;
}

let drawn = '';

function renderCards() {
  const { trials, objective, second, flags } = study;
  const { log, clip } = at();
  const now = JSON.stringify([study.id, objective, second, flags, log, clip, trials.map((t) => [t.id, t.result, t.second, t.best, t.front])]);
  if (now === drawn) return;
  drawn = now;
  const used = new Set();
  const draw = (name, parent, data) => {
    const key = `${parent.id} ${name}`; // flags may have any name, so the key includes the parent
    used.add(key);
    card(key, name, parent).draw({ log, clip, align: 1, ...data });
  };
  const point = (t, i, x, y, on) => ({ x, y, on, id: t.id, name: `trial ${i + 1}` });
  $('study-cards').hidden = $('slices').hidden = !objective;
  if (objective) {
    const y = { label: objective.name };
    const n = trials.filter((t) => t.result !== null).length;
    const best = trials[study.best];
    // The line shows the best value up to each trial.
    let value = null;
    const so = new Map(trials.map((t) => [t.id, value = t.best ? t.result : value]));
    draw('Best so far', $('study-cards'), {
      points: trials.map((t, i) => point(t, i, i + 1, t.result, t.best)), x: { label: 'trial', whole: true }, y, line: (p) => so.get(p.id),
      summary: best ? `${figure(best.result)} by trial ${study.best + 1}, of ${count(n, 'result')}` : 'no result yet',
    });
    renderImportance();
    if (second) {
      const front = trials.filter((t) => t.front);
      draw('Pareto front', $('study-cards'), {
        points: trials.map((t, i) => point(t, i, t.result, t.second, t.front)), x: { label: objective.name }, y: { label: second.name }, log: '', line: (p) => (p.on ? p.y : null),
        summary: `${count(front.length, 'trial')} that no other beats in both`, align: objective.goal === 'min' ? 1 : -1,
      });
    }
    for (const [i, flag] of byShare(flags)) {
      const axis = flagAxis(trials.map((t) => t.values[i]), flag.numeric);
      draw(flag.name, $('slice-cards'), {
        points: trials.map((t, k) => point(t, k, axis.place(t.values[i]), t.result, k === study.best)), x: { label: flag.name, ...axis }, y,
        summary: flag.share === null ? count(n, 'result') : `explains ${share(flag.share)} of the variance`,
      });
    }
    $('slices').hidden = flags.length === 0;
  }
  for (const [key, made] of cards) {
    if (used.has(key)) continue;
    made.remove();
    cards.delete(key);
  }
}

// byShare returns the flags with their indexes, the most important first.
const byShare = (flags) => [...flags.entries()].sort(([, a], [, b]) => (b.share ?? -1) - (a.share ?? -1));

const importance = h('article', { class: 'chart-card', 'data-name': 'Importance' }, h('header', {}, h('h3', {}, 'Importance')), h('ul', { class: 'bars' }), h('p', { class: 'readout' }));

function renderImportance() {
  const { flags } = study;
  if (importance.parentElement !== $('study-cards')) $('study-cards').append(importance);
  const known = byShare(flags).map(([, f]) => f);
  keyed(importance.children[1], known, (f) => f.name, () => h('li', {}, h('span', { class: 'bar-name' }), h('span', { class: 'meter', 'aria-hidden': 'true' }, h('i', { class: 'fill' })), h('span', { class: 'bar-text' })), (node, f) => {
    const [name, meter, words] = node.children;
    text(name, f.name);
    set(name, 'title', f.name);
    meter.firstElementChild.style.width = `${100 * (f.share ?? 0)}%`;
    text(words, f.share === null ? 'not known' : share(f.share));
  });
  text(importance.lastElementChild, known.length ? 'Variance of the ranks that each flag explains by itself' : 'No flag differs among the trials.');
  set(importance.lastElementChild, 'title', 'Epsilon squared (Kelley 1935) of the ranks of the results. What flags explain only together is in none of them.');
}

// --- the table

function renderTrials() {
  const { trials, objective, second, flags } = study;
  const columns = [
    { by: 'no', words: 'Trial', num: true, value: (t, i) => i },
    { by: 'status', words: 'Status', value: (t) => t.status },
    ...(objective ? [{ by: 'result', words: objective.name, num: true, value: (t) => t.result }] : []),
    ...(second ? [{ by: 'second', words: second.name, num: true, value: (t) => t.second }] : []),
    ...flags.map((f, k) => ({ by: `flag:${f.name}`, words: f.name, num: f.numeric, value: (t) => (f.numeric && t.values[k] !== null ? Number(t.values[k]) : t.values[k]), shown: (t) => t.values[k] })),
    { by: 'took', words: 'Time', num: true, value: (t) => t.seconds ?? null, shown: (t) => (t.seconds ? duration(t.seconds) : null) },
  ];
  const by = at().by.replace(/^-/, '');
  const down = at().by.startsWith('-');
  const sorted = columns.find((c) => c.by === by) ?? columns[0];
  const [head, body] = $('trials').children;
  const key = JSON.stringify([columns.map((c) => [c.by, c.words]), at().by]);
  if (head.dataset.key !== key) {
    const focused = document.activeElement?.dataset?.by;
    head.dataset.key = key;
    head.replaceChildren(h('tr', {}, ...columns.map((c) => {
      const button = h('button', { type: 'button', 'data-by': c.by, title: c.words }, h('span', {}, c.words), h('i', { 'aria-hidden': 'true' }));
      button.addEventListener('click', () => go({ by: at().by === c.by ? `-${c.by}` : at().by === `-${c.by}` ? '' : c.by }));
      return h('th', { scope: 'col', class: c.num ? 'num' : null, 'aria-sort': c.by === by ? (down ? 'descending' : 'ascending') : null }, button);
    })));
    if (focused) head.querySelector(`[data-by="${CSS.escape(focused)}"]`)?.focus();
  }
  const rows = inOrder(trials, sorted.value, down).slice(0, mostRows);
  keyed(body, rows, (r) => r.trial.id, () => h('tr', {}), (node, { trial: t, i }) => {
    const shown = JSON.stringify([i, t, key]);
    if (node.dataset.shown === shown) return;
    node.dataset.shown = shown;
    set(node, 'data-best', i === study.best);
    const focused = node.contains(document.activeElement);
    node.replaceChildren(...columns.map((c) => cell(c, t, i)));
    if (focused) node.querySelector('a')?.focus();
  });
  const all = trials.length + (study.more ?? 0);
  text($('n-trials'), all > rows.length ? `${number(rows.length)} of ${number(all)}` : number(all));
  $('trials-all').hidden = all <= rows.length || !study.filter || inReport();
  text($('trials-all'), `All ${number(all)} side by side`);
  set($('trials-all'), 'href', `?${new URLSearchParams({ view: 'compare', filter: study.filter ?? '' })}`);
}

function cell(c, t, i) {
  if (c.by === 'no') return h('th', { scope: 'row', class: 'num' }, h('a', { href: `#run/${t.id}`, 'data-id': t.id }, number(i + 1)));
  if (c.by === 'status') return h('td', {}, h('span', { class: 'st', 'data-status': t.status }, icon(t.status), t.status));
  const value = c.shown ? c.shown(t) : t[c.by] === null ? null : figure(t[c.by]);
  return h('td', { class: c.num ? 'num' : null, title: value && value.length > 28 ? value : null }, value ?? h('span', { class: 'none', 'aria-label': 'none' }, '·'));
}

onChange((s, old) => {
  if (s.view !== 'studies' || !study) return;
  if (s.log !== old.log || s.clip !== old.clip) {
    renderSettings();
    renderCards();
  }
  if (s.by !== old.by) renderTrials();
});
