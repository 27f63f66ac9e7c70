// Searches the sections of all pages for words. What is searched is in words.js.
"use strict";
(() => {
  const root = document.currentScript.dataset.root;
  const input = document.getElementById("search");
  const results = document.getElementById("results");
  const most = 20; // results that are shown

  // Sections that have all words, those with more of them in the title first.
  function find(query) {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    const hits = [];
    for (const s of window.guildPages) {
      const title = `${s.title} ${s.page}`.toLowerCase();
      const text = s.text.toLowerCase();
      if (!words.every((w) => title.includes(w) || text.includes(w))) continue;
      hits.push({ s, weight: words.filter((w) => title.includes(w)).length });
    }
    return hits.sort((a, b) => b.weight - a.weight).slice(0, most).map((h) => h.s);
  }

  // The text around the first of the words.
  function excerpt(text, query) {
    const first = query.toLowerCase().split(/\s+/).filter(Boolean)[0];
    let from = Math.max(0, text.toLowerCase().indexOf(first) - 40);
    if (from > 0) from = text.indexOf(" ", from) + 1; // whole words
    let to = from + 140;
    to = to < text.length ? text.lastIndexOf(" ", to) : text.length;
    return (from > 0 ? "… " : "") + text.slice(from, to) + (to < text.length ? " …" : "");
  }

  function show() {
    const found = find(input.value);
    results.replaceChildren(...found.map((s) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = root + s.url;
      link.textContent = s.title === s.page ? s.title : `${s.page}: ${s.title}`;
      const small = document.createElement("small");
      small.textContent = excerpt(s.text, input.value);
      link.append(small);
      item.append(link);
      return item;
    }));
    if (found.length === 0) {
      const none = document.createElement("li");
      none.className = "none";
      none.textContent = "Nothing found";
      results.append(none);
    }
    results.hidden = input.value.trim() === "";
  }

  // The arrow keys go from the search to what it has found, and through that.
  function move(by) {
    const places = [input, ...results.querySelectorAll("a")];
    const at = places.indexOf(document.activeElement);
    if (results.hidden || at < 0) return false;
    places[Math.min(Math.max(at + by, 0), places.length - 1)].focus();
    return true;
  }

  input.addEventListener("input", show);
  results.addEventListener("click", () => { results.hidden = true; });
  document.addEventListener("keydown", (e) => {
    if (e.key === "/" && document.activeElement !== input) {
      e.preventDefault();
      input.focus();
    } else if (e.key === "Escape") {
      if (results.contains(document.activeElement)) input.focus();
      results.hidden = true;
    } else if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      if (move(e.key === "ArrowDown" ? 1 : -1)) e.preventDefault();
    } else if (e.key === "Enter" && document.activeElement === input) {
      const first = results.querySelector("a");
      if (first) first.click();
    }
  });
  // On a wide screen the list of pages is always open.
  const pages = document.querySelector("nav details");
  if (pages && window.matchMedia("(min-width: 50.01rem)").matches) pages.open = true;
})();
