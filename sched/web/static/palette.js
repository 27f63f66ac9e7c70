// The colours of curves in the theme of the page.

import { hue } from './hues.js';

const ends = { light: [[180, 83, 9], [31, 74, 168]], dark: [[240, 192, 96], [127, 176, 255]] };

const system = matchMedia('(prefers-color-scheme: dark)');

export const isDark = () => {
  const { theme } = document.documentElement.dataset;
  return theme === 'dark' || theme !== 'light' && system.matches;
};

const theme = () => (isDark() ? 'dark' : 'light');

export const colour = (i) => hue(i, theme());

// grey returns the colour of runs that have no value to be coloured by.
export const grey = () => (isDark() ? '#a2a79f' : '#5b6057');

// shade returns a colour between two, with p from 0 to 1.
export function shade(p) {
  const [a, b] = ends[theme()];
  return `rgb(${a.map((v, i) => Math.round(v + (b[i] - v) * p)).join(' ')})`;
}

// onTheme calls f when the theme changes.
export function onTheme(f) {
  system.addEventListener('change', f);
  new MutationObserver(f).observe(document.documentElement, { attributeFilter: ['data-theme'] });
}

// fade returns a translucent colour.
export const fade = (colour, alpha) => (colour.startsWith('#') ? colour + Math.round(alpha * 255).toString(16).padStart(2, '0') : colour.replace(')', ` / ${alpha})`));

let probe = null;

// inked resolves a colour of the style sheet for a canvas, which does not support light-dark().
export function inked(name) {
  if (!probe) {
    probe = document.createElement('span');
    probe.hidden = true;
    document.body.append(probe);
  }
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}

// axisStyle returns the style of the axes of all plots.
export function axisStyle() {
  const rule = inked('--rule');
  return { stroke: inked('--soft'), font: '11px system-ui, sans-serif', grid: { stroke: rule, width: 1 }, ticks: { stroke: rule, width: 1, size: 4 } };
}
