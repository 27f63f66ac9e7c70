package web

import (
	"testing"

	"guild/runs/catalog"
)

// reached notes what the Tab key has come to. It is true when that was reached before: the walk began somewhere on the page, and came
// around by the window's own frame, where the body has the focus.
const reached = `(() => {
	window.reached ??= new Set();
	const node = document.activeElement;
	if (node === document.body) return false;
	const again = window.reached.has(node);
	window.reached.add(node);
	return again;
})()`

// unreached are the things on the page that a pointer can use and the Tab key has not come to.
const unreached = `(() => {
	const top = document.querySelector('dialog[open]') ?? document; // what is behind a dialog waits for it
	const usable = [...top.querySelectorAll('a[href], button, input, select, summary, textarea')].filter((n) => n.checkVisibility({ visibilityProperty: true }) &&
		!n.disabled && !n.closest('[inert]') && n.getClientRects().length > 0);
	return usable.filter((n) => !window.reached.has(n)).map((n) => n.outerHTML.slice(0, 120)).join('\n');
})()`

// unshown are those that the Tab key has come to and that show no focus.
const unshown = `[...window.reached].filter((n) => { n.focus(); const s = getComputedStyle(n); return n.matches(':focus-visible') && s.outlineStyle === 'none' && s.boxShadow === 'none'; }).map((n) => n.outerHTML.slice(0, 120)).join('\n')`

// Everything on each page that a pointer can use is reached by the Tab key, and shows that it has the focus.
func TestBrowserKeyboardReachesAll(t *testing.T) {
	const most = 600 // presses
	b := openTab(t, 1440)
	store, ids := demo(t)
	s := serve(t, Config{Catalog: catalog.New(store, nil), Planned: planned, Act: acts})
	index := reportURL(t, store)
	walked := map[string]bool{"runs": true, "run-wide": true, "run-charts": true, "run-output": true, "run-files": true, "run-source": true, "file-markdown": true,
		"charts": true, "diff": true, "compare": true, "schedulers": true, "studies-two": true, "action": true, "report-run": true}
	for _, p := range demoPages(ids) {
		if !walked[p.name] {
			continue
		}
		delete(walked, p.name)
		t.Run(p.name, func(t *testing.T) {
			b.during(t, 0)
			b.visit(p, s.URL(), index)
			b.eval(`window.reached = new Set(); document.activeElement.blur(); 0`)
			for range most {
				b.keys("Tab")
				if b.eval(reached) == true {
					break
				}
			}
			if left := b.eval(unreached); left != "" {
				t.Errorf("not reached:\n%s", left)
			}
			if bare := b.eval(unshown); bare != "" {
				t.Errorf("without a sign of the focus:\n%s", bare)
			}
		})
	}
	if len(walked) > 0 {
		t.Errorf("there are no such pages: %v", walked)
	}
}
