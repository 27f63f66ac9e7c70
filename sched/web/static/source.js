// An answer of the server that is kept up to date while somebody wants it.

const shortest = 2000; // milliseconds between two questions
const share = 10; // of the time may be spent on answers

export class Source {
  #url;
  #got;
  #failed;
  #stop = null; // of the question under way
  #timer = null;
  #free = 0; // when to ask again at the earliest
  #last = { url: null, tag: null };

  // url() is what to ask for, null for nothing. got(data) is called with what is new, failed({error, param, at}) otherwise.
  constructor(url, got, failed) {
    this.#url = url;
    this.#got = got;
    this.#failed = failed;
  }

  get busy() { return this.#stop !== null; }

  // now asks at once: what is wanted has changed.
  now() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#stop?.abort();
    this.#stop = null;
    const url = this.#url();
    if (!url) this.#last.url = null;
    else this.#ask(url);
  }

  // moved asks at once if by now something else is to be asked for.
  moved() {
    if (this.#url() !== this.#last.url) this.now();
  }

  // news asks again when it is time.
  news() {
    if (this.#timer || !this.#url()) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.busy) this.news();
      else this.now();
    }, Math.max(this.busy ? shortest : 0, this.#free - performance.now()));
  }

  async #ask(url) {
    const stop = new AbortController();
    const last = this.#last;
    const begun = performance.now();
    this.#stop = stop;
    let tell;
    try {
      const headers = last.url === url ? { 'If-None-Match': last.tag } : {};
      const answer = await fetch(url, { signal: stop.signal, headers });
      if (answer.status !== 304) {
        const data = await answer.json();
        if (answer.ok) this.#last = { url, tag: answer.headers.get('ETag') };
        tell = () => (answer.ok ? this.#got(data) : this.#failed(data));
      }
    } catch (err) {
      tell = () => this.#failed({ error: `the server does not answer (${err.message})` });
    }
    if (this.#stop !== stop) return; // something else is wanted by now
    this.#stop = null;
    const now = performance.now();
    this.#free = now + Math.max(shortest, share * (now - begun));
    tell?.();
  }
}
