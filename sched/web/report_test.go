package web

import (
	"net/url"
	"path/filepath"
	"testing"

	"guild/runs"
)

// WriteReport writes a report of all runs of a store, with all their files, see reportwriter_test.go.
var WriteReport func(t *testing.T, store *runs.Store, dir string)

// PlannedInTests is planned, for reportwriter_test.go.
var PlannedInTests = planned

// reportURL returns the address of a report of a store, for opening from disk.
func reportURL(t *testing.T, store *runs.Store) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "a report #1, 100%")
	WriteReport(t, store, dir)
	return (&url.URL{Scheme: "file", Path: filepath.Join(dir, "index.html")}).String()
}

// A report opens from disk: lists, charts, comparison, runs, files and studies; content of runs stays text.
func TestBrowserReport(t *testing.T) {
	b := openTab(t, 1440)
	store, ids := demo(t)
	index := reportURL(t, store)
	at := func(rest string) {
		t.Helper()
		b.open("about:blank")
		b.open(index + rest)
	}
	at("")
	b.await(`document.querySelectorAll('#matches a').length > 20 && /^\d+ runs$/.test(document.getElementById('headline').innerText)`)
	b.await(`document.getElementById('link-text').innerText.startsWith('report of ')`)
	b.eval(`document.getElementById('filter').focus()`)
	b.typeText("mlp sgd")
	b.await(`document.querySelectorAll('#matches a').length === 6`)
	b.typeText(" > 1")
	b.await(`document.getElementById('filter-wrong').innerText.includes('guild view')`)

	at("?view=compare")
	b.await(`document.querySelectorAll('#compare-rows a').length > 20 && document.querySelector('#parallel .line')`)
	b.eval(`document.querySelector('[data-column=loss]').click()`)
	b.await(`document.querySelector('[data-column=loss]').closest('th').getAttribute('aria-sort') === 'ascending'`)
	b.await(`(() => {
		const i = [...document.querySelectorAll('#compare-head tr:last-child th')].findIndex((h) => h.innerText.trim() === 'loss');
		const list = [...document.querySelectorAll('#compare-rows tr')].map((r) => Number(r.children[i].innerText)).filter((v) => !Number.isNaN(v));
		return list.length > 5 && list.every((v, k) => k === 0 || list[k - 1] <= v);
	})()`)

	at("?view=charts&filter=mlp")
	b.await(`document.querySelector('[data-name="loss"] .readout')?.innerText === '10 curves'`)
	b.eval(`document.querySelector('#picks input').click()`)
	b.await(`document.querySelector('[data-name="loss"] .readout')?.innerText === '9 curves'`)
	at("?view=charts&x=time&filter=mlp")
	b.await(`document.querySelector('[data-name="val/acc"] .readout')?.innerText === '10 curves'`)

	at("#run/" + ids["other"] + "/overview")
	b.await(`document.querySelector('.sparkline polyline') && !document.body.innerText.includes('This page cannot change runs')`)
	at("#run/" + ids["other"] + "/output")
	b.await(`document.querySelectorAll('#output .l').length === 61`)
	b.eval(`document.getElementById('output-find').focus()`)
	b.typeText("error")
	b.keys("Enter")
	b.await(`document.querySelector('#output [data-here]')?.innerText.startsWith('ERROR')`)
	at("#run/" + ids["other"] + "/files/README.md")
	b.await(`document.querySelector('.document img')?.naturalWidth === 160`)
	at("#run/" + ids["other"] + "/files/report.html")
	b.await(`document.querySelector('#viewer-body pre')?.innerText.includes('<script>') && document.getElementById('viewer-open').href.endsWith('/files/report.html.txt')`)
	at("#run/" + ids["last"] + "/source")
	b.await(`document.querySelector('.file-diff')`)
	at("#diff/" + ids["other"] + "/" + ids["last"])
	b.await(`document.querySelectorAll('.pair .differs').length > 2 && document.querySelectorAll('#diff-board .u-over').length > 0`)
	at("?view=studies&study=" + ids["batch"])
	b.await(`document.querySelectorAll('#slice-cards .u-over').length === 3`)
	at("?view=studies&objective=size&goal=max&study=" + ids["batch"])
	b.await(`document.getElementById('study-facts').innerText.includes('best 10 size by trial 1')`)

	for _, rest := range []string{"?wide=1#run/" + ids["hostile"] + "/overview", "?wide=1#run/" + ids["hostile"] + "/output", "#run/" + ids["hostile"] + "/files/evil.svg",
		"#run/" + ids["hostile"] + "/files/evil.html", "#run/" + ids["hostile"] + "/files/evil.md", "?view=studies&study=" + ids["hostile-batch"], "?view=charts&runs=" + ids["hostile"]} {
		at(rest)
		b.await(`!document.body.hasAttribute('data-empty') && document.body.innerText.includes("document.title='owned'")`)
		if got := b.eval(`document.title`); got == "owned" {
			t.Errorf("%s: a text of a run was run", rest)
		}
	}
}

// Files of a report that a browser opens directly run no scripts either.
func TestBrowserReportFiles(t *testing.T) {
	b := openTab(t, 1440)
	store := newStore(t)
	id := hostileRun(t, store)
	index := reportURL(t, store)
	dir := index[:len(index)-len("index.html")] + "api/runs/" + id + "/files/"
	for _, name := range []string{"evil.html.txt", "evil.svg.txt", "evil.json", "evil.py"} {
		b.open("about:blank")
		b.open(dir + name)
		if got := b.eval(`document.title`); got == "owned" || got == "still" {
			t.Errorf("%s was run as a page: %v", name, got)
		}
	}
}
