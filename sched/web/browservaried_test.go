package web

import (
	"os"
	"strings"
	"testing"

	"guild/runs/catalog"
)

// TestBrowserVariedRuns: each view shows ten thousand runs of varied shape, has as few nodes as with others, and is not wider than the window.
// With GUILD_PICTURES it saves a picture of each.
func TestBrowserVariedRuns(t *testing.T) {
	const n = 10_000
	b := openTab(t, 1440)
	store := newStore(t)
	var ids []string
	for _, r := range varied(t, store, n)[:100] {
		ids = append(ids, r.ID)
	}
	s := serve(t, Config{Catalog: catalog.New(store, nil)})
	for _, p := range []page{
		{"varied-runs", "", `document.querySelectorAll('#finished a').length === 50 && document.getElementById('subline').innerText.includes('of 10,000 runs')`, ""},
		{"varied-filter", "?filter=lr+%3C+0.05+and+seed+%3E+10", `document.querySelectorAll('#matches a').length > 50`, ""},
		{"varied-status", "?status=pending", `document.getElementById('n-matches').innerText === '1,000'`, ""},
		{"varied-wide-characters", "?filter=学習率", `document.querySelector('#matches .label')?.innerText.includes('🚀')`, ""},
		{"varied-compare", "?view=compare", `document.querySelectorAll('#compare-rows a').length > 20 && document.querySelectorAll('#parallel .line').length > 20`, ""},
		{"varied-charts", "?view=charts&runs=" + strings.Join(ids, ","), `document.querySelectorAll('#board .u-over').length >= 3 && document.getElementById('n-charts').innerText.startsWith('100 runs')`, ""},
		{"varied-run", "#run/" + ids[7] + "/overview", `document.querySelectorAll('#run-scalars tbody tr').length === 5`, ""},
	} {
		t.Run(p.name, func(t *testing.T) {
			b.during(t, 0)
			b.visit(p, s.URL(), "")
			b.eval(settled)
			if nodes := b.eval(`document.querySelectorAll('*').length`).(float64); nodes > maxNodes {
				t.Errorf("%v nodes, %d are the most", nodes, maxNodes)
			}
			if w := b.eval(`document.scrollingElement.scrollWidth - innerWidth`).(float64); w > 0 {
				t.Errorf("the page is %v px wider than the window", w)
			}
			if b.eval(`document.title.includes('owned')`) == true {
				t.Error("a script of a run has run")
			}
			if dir := os.Getenv("GUILD_PICTURES"); dir != "" {
				b.savePicture(dir, p.name)
			}
		})
	}
}
