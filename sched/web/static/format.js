// Numbers, times and sizes as text.

export const number = (n) => n.toLocaleString('en');

export const count = (n, one, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;

// shorten replaces the middle of a long name by an ellipsis: the ends of names differ more often.
export function shorten(name, most) {
  if (name.length <= most) return name;
  const end = Math.ceil((most - 1) / 2);
  return `${name.slice(0, most - 1 - end)}…${name.slice(-end)}`;
}

// rounded returns a number, given as text, with at most six decimals, or with six significant digits if it is smaller than 0.1.
export function rounded(text) {
  if (!/^-?[\d.]+(e[-+]?\d+)?$/.test(text) || text.replaceAll(/e.*|[^\d]/g, '').length <= 6) return text;
  const v = Number(text);
  if (text.includes('e')) return v.toExponential(5).replace(/\.?0+e/, 'e');
  return text.includes('.') ? String(Number(Math.abs(v) < 0.1 ? v.toPrecision(6) : v.toFixed(6))) : text;
}

// duration returns seconds with at most two units: 8.0s, 2m 05s, 3h 12m, 4d 6h.
export function duration(seconds) {
  if (seconds > 0 && seconds < 9.95) return `${seconds < 0.05 ? 0 : seconds.toFixed(1)}s`;
  return ticking(seconds);
}

// ticking returns a duration in whole seconds.
export function ticking(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, '0');
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${Math.floor(s / 60)}m ${two(s % 60)}s`;
  if (s < 86400) return `${Math.floor(s / 3600)}h ${two(Math.floor(s / 60) % 60)}m`;
  return `${Math.floor(s / 86400)}d ${Math.floor(s / 3600) % 24}h`;
}

// ago returns a coarse duration, for times in lists.
export function ago(seconds) {
  const s = Math.max(0, seconds);
  if (s < 60) return `${Math.floor(s)}s ago`;
  if (s < 3600) return `${Math.floor(s / 60)}m ago`;
  if (s < 86400) return `${Math.floor(s / 3600)}h ago`;
  return `${Math.floor(s / 86400)}d ago`;
}

export function bytes(n) {
  if (n < 1024) return `${n} B`;
  for (const unit of ['KiB', 'MiB', 'GiB', 'TiB']) {
    n /= 1024;
    if (Math.round(n) < 1024) return `${n < 10 ? n.toFixed(1) : Math.round(n)} ${unit}`;
  }
  return `${Math.round(n)} TiB`;
}

// The time zone of all times shown: that of the serving host, not that of the browser.
let zone = 'UTC';

export function setZone(name) {
  if (name === zone) return;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    zone = name;
    forms.clear();
  } catch { /* a browser that does not know it */ }
}

// forms caches formatters by purpose: making one takes a hundred times as long as using it.
const forms = new Map();

function inZone(what, options, ms) {
  if (!forms.has(what)) forms.set(what, new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone }));
  return forms.get(what).format(ms);
}

export const zoneName = () => zone;

const dates = { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' };

export const moment = (iso) => (iso ? inZone('moment', { ...dates, timeZoneName: 'short' }, new Date(iso)) : '');

// clockTime returns a time of day, with milliseconds if fine.
export const clockTime = (ms, fine) => inZone(`clock ${fine}`, { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: fine ? 3 : undefined }, ms);

// dayTime returns a time for the axis of a chart.
export const dayTime = (ms, long) => inZone(`day ${long}`, { hour: '2-digit', minute: '2-digit', ...(long ? { day: 'numeric', month: 'short' } : { second: '2-digit' }) }, ms);

// figure returns a number with five significant digits.
export function figure(v) {
  if (v === null || v === undefined || Number.isNaN(v)) return 'none';
  const size = Math.abs(v);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) return v.toExponential(4).replace(/\.?0+e/, 'e').replace('e+', 'e');
  return String(Number(v.toPrecision(5)));
}

const signals = { 1: 'SIGHUP', 2: 'SIGINT', 3: 'SIGQUIT', 6: 'SIGABRT', 8: 'SIGFPE', 9: 'SIGKILL', 11: 'SIGSEGV', 13: 'SIGPIPE', 15: 'SIGTERM' };

// exit returns the exit status in words, or nothing for the exit status 0.
export function exit(code) {
  if (code === undefined || code === 0) return '';
  return code < 0 ? signals[-code] ?? `signal ${-code}` : `exit ${code}`;
}
