// Colours as numbers. Nothing here depends on the page.

const base = {
  light: ['#2f5cc7', '#b45309', '#15803d', '#be185d', '#6d28d9', '#0e7490', '#a16207', '#b91c1c', '#4d7c0f', '#475569'],
  dark: ['#8fb2ff', '#f0a860', '#7fd49a', '#f48fb8', '#bda4ff', '#6fd0e3', '#dcc067', '#ff9a8f', '#b2d66b', '#b6c0cd'],
};

// The share of black or white in the first, second and third ten curves of each theme. Dashes would tell curves apart as well, but drawing
// them costs a browser several times as much.
const tiers = {
  light: [['#000000', 0], ['#000000', 0.45], ['#ffffff', 0.2]],
  dark: [['#000000', 0], ['#000000', 0.35], ['#ffffff', 0.5]],
};

const parts = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

// mix returns the colour between two, with p as the share of the second. All are written as #rrggbb.
export function mix(a, b, p) {
  const to = parts(b);
  return `#${parts(a).map((v, i) => Math.round(v + (to[i] - v) * p).toString(16).padStart(2, '0')).join('')}`;
}

// hue returns the colour of curve i, from 0, in a theme, light or dark: ten hues in three shades.
export function hue(i, theme) {
  const hues = base[theme];
  const [other, p] = tiers[theme][Math.floor(i / hues.length) % tiers[theme].length];
  return mix(hues[i % hues.length], other, p);
}
