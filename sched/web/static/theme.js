// This script runs before the page is painted, to avoid a flash in the wrong colours.
'use strict';
(() => {
  const order = ['auto', 'dark', 'light'];
  const read = () => {
    try {
      return order.includes(localStorage.theme) ? localStorage.theme : 'auto';
    } catch {
      return 'auto'; // storage is not available: the choice lasts as long as the page
    }
  };
  const apply = (theme) => {
    document.documentElement.dataset.theme = theme;
    const button = document.getElementById('theme');
    if (button) button.textContent = `Theme: ${theme}`;
  };
  const next = () => {
    const theme = order[(order.indexOf(document.documentElement.dataset.theme) + 1) % order.length];
    try {
      localStorage.theme = theme;
    } catch { /* see read */ }
    apply(theme);
  };
  apply(read());
  document.addEventListener('DOMContentLoaded', () => {
    apply(document.documentElement.dataset.theme);
    document.getElementById('theme').addEventListener('click', next);
  });
  addEventListener('storage', (e) => { if (e.key === 'theme') apply(read()); });
})();
