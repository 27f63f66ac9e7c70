package web

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"guild/runs/catalog"
)

// TestBrowserPagesAreAccessible runs axe-core on every page. The themes differ in nothing but colours, so the dark one is checked for contrast
// alone.
func TestBrowserPagesAreAccessible(t *testing.T) {
	axe, err := os.ReadFile("testdata/axe.min.js")
	must(t, err)
	b := openTab(t, 1440)
	store, ids := demo(t)
	s := serve(t, Config{Catalog: catalog.New(store, nil)})
	for _, theme := range []string{"light", "dark"} {
		b.prefers(theme)
		rules := map[string]string{"light": "", "dark": ", runOnly: ['color-contrast']"}[theme]
		for _, p := range demoPages(ids) {
			b.open("about:blank")
			b.open(s.URL() + p.address)
			b.await(p.ready)
			b.eval(string(axe) + "; 0") // as the tool, and not the page: the policy is not asked
			found, _ := b.eval(`axe.run(document, {resultTypes: ['violations'], iframes: false` + rules + `}).then((r) => r.violations.map((v) =>
				v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? n.none[0]?.message ?? n.all[0]?.message ?? '')).join(' | ')).join('\n'))`).(string)
			result := "no violation"
			if found != "" {
				result = fmt.Sprintf("%d violations", strings.Count(found, "\n")+1)
				t.Errorf("%s, %s:\n%s", p.name, theme, found)
			}
			t.Logf("%-16s %-6s %s", p.name, theme, result)
		}
	}
}
