// An answer of the server that is kept up to date while it is needed.

const shortest = 2000; // milliseconds between two requests
const share = 10; // at most 1/share of the time is spent on requests

export class Source {
  #url;
  #got;
  #failed;
  #stop = null; // aborts the current request
  #timer = null;
  #free = 0; // earliest time of the next request
  #last = { url: null, tag: null };

  // url() returns the URL to request, null for none. got(data) is called with new data, failed({error, param, at}) with an error.
  constructor(url, got, failed) {
    this.#url = url;
    this.#got = got;
    this.#failed = failed;
  }

  get busy() { return this.#stop !== null; }

  // now requests at once, since the URL has changed.
  now() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#stop?.abort();
    this.#stop = null;
    const url = this.#url();
    if (!url) this.#last.url = null;
    else this.#ask(url);
  }

  // moved requests at once if the URL has changed.
  moved() {
    if (this.#url() !== this.#last.url) this.now();
  }

  // news requests again as soon as the limits allow.
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
    if (this.#stop !== stop) return; // a newer request has replaced this one
    this.#stop = null;
    const now = performance.now();
    this.#free = now + Math.max(shortest, share * (now - begun));
    tell?.();
  }
}
