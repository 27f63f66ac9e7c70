import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { addresses, back } from './page.js';

const { at, go, onChange, query, search } = await import('../static/address.js');
const { clear, filtered, renderStatuses, tell, wrong } = await import('../static/filter.js');
const { changes, find, renderLists } = await import('../static/lists.js');
const { setNow, since } = await import('../static/clock.js');
const { fileAddress, fileURL } = await import('../static/files.js');

const $ = (id) => document.getElementById(id);

beforeEach(() => {
  back('');
  addresses.length = 0;
});

test('the address has what is not empty, in an order of its own', () => {
  assert.equal(search({ view: 'runs', filter: '', status: [], cols: '', min: '', max: '', hide: [] }), '');
  assert.equal(search({ view: 'compare', filter: 'a = 1 & b', status: ['error', 'staged'], cols: '', min: 'loss', max: '', hide: ['x'] }),
    '?view=compare&filter=a+%3D+1+%26+b&status=error&status=staged&min=loss&hide=x');
});

test('go changes the address and tells of it, once', () => {
  const seen = [];
  onChange((now, before) => seen.push([before.filter, now.filter]));
  go({ filter: 'x' });
  go({ filter: 'x' });
  go({ view: 'compare' }, true);
  assert.deepEqual(addresses, [{ how: 'replace', search: '?filter=x' }, { how: 'push', search: '?view=compare&filter=x' }]);
  assert.deepEqual(seen, [['', 'x'], ['x', 'x']]);
  assert.equal(query(), '?filter=x');
  assert.equal(query('min'), '?filter=x');
});

test('an address that makes no sense shows the runs', () => {
  back('?view=nonsense&status=error');
  assert.deepEqual([at().view, at().status], ['runs', ['error']]);
});

test('the button Back fills the box', () => {
  back('?filter=loss+<+1');
  assert.equal($('filter').value, 'loss < 1');
  assert.equal(filtered(), true);
});

function type(...values) {
  for (const value of values) {
    $('filter').value = value;
    $('filter').dispatchEvent(new Event('input'));
  }
}

test('what is typed filters after a pause, once', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  type('l', 'lo');
  t.mock.timers.tick(249);
  type('lr');
  t.mock.timers.tick(249);
  assert.deepEqual(addresses, []);
  t.mock.timers.tick(1);
  assert.deepEqual(addresses, [{ how: 'replace', search: '?filter=lr' }]);
  clear();
  assert.deepEqual([at().filter, $('filter').value], ['', '']);
});

test('clear takes back what is still being typed', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  type('half');
  clear();
  t.mock.timers.tick(10000);
  assert.deepEqual(addresses, []);
});

test('a status is chosen and left', () => {
  renderStatuses({ error: 2 });
  const error = $('statuses').children.find((li) => li.dataset.key === 'error').firstElementChild;
  assert.match(error.textContent, /2$/);
  error.dispatchEvent(new Event('click'));
  assert.deepEqual(at().status, ['error']);
  assert.equal(error.getAttribute('aria-pressed'), 'true');
  error.dispatchEvent(new Event('click'));
  assert.deepEqual(at().status, []);
});

test('the box says what is wrong, until it is right', () => {
  go({ filter: 'a = =' });
  wrong({ error: 'unexpected', at: 4 });
  assert.equal($('filter').getAttribute('aria-invalid'), 'true');
  assert.equal($('filter-wrong').hidden, false);
  tell(3, 1200);
  assert.equal($('filter').hasAttribute('aria-invalid'), false);
  assert.equal($('filter-wrong').hidden, true);
  assert.equal($('filter-count').textContent, '3 of 1,200');
});

const run = (id, status, more) => ({ id, short_id: id, op: 'train', status, ...more });
const snapshot = (running, waiting, finished) => ({ running, waiting, finished, schedulers: [],
  counts: { completed: 0, error: 0, terminated: 0, running: running.length, staged: waiting.length, pending: 0 } });

test('what happened between two snapshots is said in words', () => {
  const before = snapshot([run('a', 'running')], [run('b', 'staged'), run('c', 'staged')], []);
  assert.equal(changes(null, before), '');
  assert.equal(changes(before, before), '');
  assert.equal(changes(before, snapshot([run('b', 'running'), run('c', 'running')], [], [run('a', 'error')])), 'train a error, 2 runs started');
  const four = ['a', 'b', 'c', 'd'].map((id) => run(id, 'running'));
  assert.equal(changes(snapshot(four, [], []), snapshot([], [], four.map((r) => run(r.id, 'completed')))), '4 runs ended');
  assert.equal(changes(snapshot([], [], []), snapshot([], [], [run('z', 'completed')])), '', 'a run that was never seen');
});

test('lists show the runs of a snapshot and find them', () => {
  renderLists(snapshot([run('a', 'running', { label: 'lr=1' })], Array.from({ length: 10 }, (_, i) => run(`w${i}`, 'staged')), []));
  assert.equal($('running').children.length, 1);
  assert.match($('running').textContent, /train.*lr=1/);
  assert.equal($('waiting').children.length, 8);
  assert.equal($('waiting-more').textContent, 'Show 2 more');
  $('waiting-more').dispatchEvent(new Event('click'));
  assert.equal($('waiting').children.length, 10);
  assert.equal($('finished').hidden, true);
  assert.equal(find('w9').status, 'staged');
  assert.equal(find('nobody'), undefined);
});

test('times are those of the clock of the server', () => {
  setNow(new Date(Date.now() + 3600_000).toISOString());
  const seconds = since(new Date().toISOString());
  assert.ok(Math.abs(seconds - 3600) < 5, `${seconds}`);
  assert.equal(since(new Date(Date.now() + 7200_000).toISOString()), 0);
});

test('paths of files keep their slashes and nothing else', () => {
  assert.equal(fileURL('a b', 'dir/x?.txt'), 'api/runs/a%20b/files/dir/x%3F.txt');
  assert.equal(fileAddress('id', 'a#b/ü'), '#run/id/files/a%23b/%C3%BC');
});
