package web

import (
	"os"
	"testing"

	"guild/runs/catalog"
)

// TestBrowserPagesAreAccessible runs axe-core on every page. The themes differ only in colours, so the dark theme is checked for contrast
// only.
func TestBrowserPagesAreAccessible(t *testing.T) {
	axe, err := os.ReadFile("testdata/axe.min.js")
	must(t, err)
	b := openTab(t, 1440)
	store, ids := demo(t)
	s := serve(t, Config{Catalog: catalog.New(store, nil), Planned: planned, Act: acts})
	index := reportURL(t, store)
	for _, theme := range []string{"light", "dark"} {
		b.prefers(theme)
		rules := map[string]string{"light": "", "dark": ", runOnly: ['color-contrast']"}[theme]
		for _, p := range demoPages(ids) {
			t.Run(theme+"/"+p.name, func(t *testing.T) {
				b.during(t, 0)
				b.visit(p, s.URL(), index)
				b.eval(string(axe) + "; 0") // evaluated by the tool, so that the page's policy does not apply
				// The content of a frame is a file of the run, which is not checked; the frame itself needs a name.
				found, _ := b.eval(`axe.run({exclude: [['iframe']]}, {resultTypes: ['violations'], iframes: false, preload: false` + rules + `}).then((r) => r.violations.map((v) =>
					v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? n.none[0]?.message ?? n.all[0]?.message ?? '')).join(' | ')).join('\n'))`).(string)
				if found != "" {
					t.Error(found)
				}
				if b.eval(`[...document.querySelectorAll('iframe')].every((f) => f.title)`) != true {
					t.Error("a frame has no name")
				}
			})
		}
	}
}
