// The data of a report: this script answers the page's requests in place of a server. A page opened from disk can load scripts but not read
// files, so the data is in scripts. It runs before the scripts of the page, which only know document.body.dataset.report.
'use strict';
(() => {
  const parts = new Map(); // the values that the data scripts have put, by name
  const loading = new Map();
  const policy = globalThis.trustedTypes?.createPolicy('guild-report', { createScriptURL: (url) => url }) ?? { createScriptURL: (url) => url };

  // part loads data/NAME.js once.
  function part(name) {
    if (!loading.has(name)) {
      loading.set(name, new Promise((done, failed) => {
        const script = document.createElement('script');
        script.src = policy.createScriptURL(`data/${name.split('/').map(encodeURIComponent).join('/')}.js`);
        script.onload = () => (parts.has(name) ? done(parts.get(name)) : failed(new Error(`data/${name}.js says nothing`)));
        script.onerror = () => failed(new Error('it is not in this report'));
        document.head.append(script);
      }));
    }
    return loading.get(name);
  }

  const files = /^api\/runs\/([^/]+)\/files\/([^?]+)/;
  const clean = (path) => path.split('/').map(decodeURIComponent).join('/');

  globalThis.guildReport = {
    put(name, value) { parts.set(name, value); },
    // placed returns the address of a file. A file that a browser would execute is stored under another name.
    placed(url) {
      const [, id, path] = files.exec(url) ?? [];
      const as = id && parts.get(`run/${decodeURIComponent(id)}`)?.files[clean(path)]?.as;
      return as ? `api/runs/${id}/files/${as.split('/').map(encodeURIComponent).join('/')}` : url;
    },
  };

  class Refused extends Error {
    constructor(message, more = {}) {
      super(message);
      this.more = more;
    }
  }

  // --- lists

  const operators = /[=<>!()[\]'"]|(^|\s)(is|in|contains|not)(\s|$)/i;

  // matching returns the runs that contain all words of the filter and have one of the statuses.
  function matching(list, p) {
    const text = (p.get('filter') ?? '').trim();
    if (operators.test(text)) throw new Refused('a report finds words; expressions are for guild view', { param: 'filter', at: text.search(operators) });
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const statuses = p.getAll('status');
    const passed = list.filter((r) => {
      const have = [r.op, r.label, ...(r.tags ?? []), r.id, r.host, r.status].join('\n').toLowerCase();
      return words.every((w) => have.includes(w));
    });
    const counts = {};
    for (const r of passed) counts[r.status] = (counts[r.status] ?? 0) + 1;
    const matched = passed.filter((r) => !statuses.length || statuses.includes(r.status));
    return { total: list.length, matched: matched.length, statuses: counts, matches: matched };
  }

  async function runs(p) {
    const { runs: all, experiments } = await part('index');
    const only = new Set(experiments);
    const { matches, ...out } = matching(p.has('experiments') ? all.runs.filter((r) => only.has(r.id)) : all.runs, p);
    const offset = Math.min(Number(p.get('offset') ?? 0), matches.length);
    return { ...out, offset, runs: matches.slice(offset, offset + Number(p.get('limit') ?? 100)) };
  }

  const natural = (a, b) => a.localeCompare(b, 'en', { numeric: true });

  async function compare(p) {
    const { runs: all, experiments, compare: table } = await part('index');
    const only = new Set(experiments);
    const { matches, ...out } = matching(all.runs.filter((r) => only.has(r.id)), p);
    const ids = new Set(matches.map((r) => r.id));
    const rows = table.rows.filter((r) => ids.has(r.id));
    const name = p.get('min') || p.get('max');
    const i = table.columns.findIndex((c) => c.name === name);
    if (name && i < 0) throw new Refused(`this report has no column ${name}`, { param: 'sort', at: 0 });
    if (name) {
      const { numeric } = table.columns[i];
      const sign = p.has('max') ? -1 : 1;
      rows.sort((a, b) => {
        const [v, w] = [a.cells[i], b.cells[i]];
        if (v === null || w === null) return (v === null) - (w === null);
        return sign * (numeric ? Number(v) - Number(w) : natural(v, w));
      });
    }
    return { ...out, columns: table.columns, rows: rows.slice(0, Number(p.get('limit') ?? 100)) };
  }

  async function studies(p) {
    const { studies: all } = await part('index');
    const { matches, ...out } = matching(all.studies, p);
    return { ...out, studies: matches };
  }

  async function study(id, p) {
    const all = await part(`study/${id}`);
    p.sort();
    const got = all[p.toString()];
    if (!got) throw new Refused('this report does not have this objective: guild view has all of them');
    return got;
  }

  // --- curves

  async function scalars(p) {
    const got = await Promise.all(p.get('ids').split(',').filter(Boolean).map((id) => part(`scalars/${id}`).catch(() => null)));
    const have = got.filter(Boolean);
    const tag = p.get('tag');
    if (tag !== null) {
      const x = p.get('x') ?? 'step';
      return { tag, x, runs: have.flatMap((s) => (Object.hasOwn(s.series, tag) ? s.series[tag][x].runs : [])) };
    }
    const names = new Map();
    for (const s of have.flatMap((part) => part.scalars)) {
      const sum = names.get(s.name) ?? { name: s.name, runs: 0, points: 0 };
      names.set(s.name, { name: s.name, runs: sum.runs + s.runs, points: sum.points + s.points });
    }
    const list = [...names.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    return { runs: have.flatMap((s) => s.runs), scalars: list };
  }

  // --- runs

  function found(pieces, words) {
    const out = { at: [], lines: [], total: 0 };
    const wanted = words.toLowerCase();
    for (const piece of pieces) {
      let line = piece.line;
      for (const text of piece.text.toLowerCase().split('\n')) {
        const n = text.split(wanted).length - 1;
        if (n) {
          out.total += n;
          out.at.push(piece.offset);
          out.lines.push(line);
        }
        line++;
      }
    }
    return out;
  }

  async function ofRun(id, rest, p) {
    const r = await part(`run/${id}`);
    if (!rest) return r.run;
    if (rest === 'files') return r.dirs[p.get('dir') ?? ''] ?? { dir: p.get('dir'), files: [] };
    if (rest === 'source') return r.source;
    if (rest === 'output/search') return found(r.output, p.get('words'));
    if (rest === 'output') return r.output.find((o) => o.offset <= Number(p.get('offset')) && Number(p.get('offset')) < o.next) ?? r.output.at(-1);
    const [, what, path] = /^(shown)\/(.+)$/.exec(rest) ?? [];
    if (what && r.shown[clean(path)]) return r.shown[clean(path)];
    throw new Refused('this is no text: download it');
  }

  const byName = (a, b, make) => [...new Set([...a, ...b].map((v) => v.name))].sort().map((name) => make(name, a.find((v) => v.name === name), b.find((v) => v.name === name)));

  async function diff(p) {
    const [a, b] = await Promise.all(['a', 'b'].map(async (side) => (await part(`run/${p.get(side)}`)).run));
    const facts = (r) => [['operation', r.op], ['status', r.status], ['host', r.host]].filter(([, value]) => value).map(([name, value]) => ({ name, value }));
    const values = (x, y) => byName(x, y, (name, v, w) => ({ name, a: v?.value ?? null, b: w?.value ?? null }));
    return {
      a, b, flags: values(a.flags, b.flags), facts: values(facts(a), facts(b)), scalars: byName(a.scalars, b.scalars, (name, v, w) => ({ name, a: v ?? null, b: w ?? null })),
      source: { choices: [], files: [], error: 'A report has only one comparison of source code for each run: see the page of the run.' },
    };
  }

  async function answer(url) {
    const [path, query = ''] = url.split('?');
    const p = new URLSearchParams(query);
    const [, one, id, rest] = /^api\/(runs|studies)\/([^/]+)(?:\/(.+))?$/.exec(path) ?? [];
    if (one === 'runs') return ofRun(decodeURIComponent(id), rest, p);
    if (one === 'studies') return study(decodeURIComponent(id), p);
    const lists = { 'api/runs': runs, 'api/compare': compare, 'api/studies': studies, 'api/scalars': scalars, 'api/diff': diff, 'api/status': async () => (await part('index')).status };
    if (!Object.hasOwn(lists, path)) throw new Refused('a report has no such part');
    return lists[path](p);
  }

  const json = (body, status) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });

  async function head(url) {
    const [, id, path] = files.exec(url);
    const file = (await part(`run/${decodeURIComponent(id)}`)).files[clean(path)];
    if (!file) throw new Refused('this file was not copied into the report');
    // A PDF is not embedded in the page: the viewer offers links to open or download it.
    const type = file.type === 'application/pdf' ? 'application/x-pdf' : file.type;
    return new Response(null, { headers: { 'Content-Type': type, 'Content-Length': String(file.size) } });
  }

  globalThis.fetch = async (url) => {
    try {
      return files.test(url) ? await head(url) : json(await answer(url), 200);
    } catch (err) {
      return json({ error: err.message, ...err.more }, 404);
    }
  };

  // A stream sends what there is, once, and ends.
  globalThis.EventSource = class extends EventTarget {
    static CLOSED = 2;
    readyState = 1;

    constructor(url) {
      super();
      this.#tell(url).catch(() => this.onerror?.());
    }

    async #tell(url) {
      const say = (name, body) => { if (this.readyState === 1) this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(body) })); };
      if (url === 'api/events') {
        say('status', (await part('index')).status);
        return;
      }
      const [, id] = /^api\/runs\/([^/]+)\/events/.exec(url) ?? [];
      if (id) for (const piece of (await part(`run/${decodeURIComponent(id)}`)).output) say('output', piece);
      say('end', {});
    }

    close() { this.readyState = 2; }
  };
})();
