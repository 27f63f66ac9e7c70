package web

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"guild/runs/catalog"
)

// page is an address of the dashboard, or of a report if the name begins with "report", a condition that holds once it is drawn, and an
// action to do then.
type page struct{ name, address, ready, do string }

// askToTrash opens the dialog of an action.
const askToTrash = `(async () => {
	const until = async (found) => {
		while (!found()) await new Promise((done) => setTimeout(done, 20));
		return found();
	};
	(await until(() => document.querySelector('#run-actions:not([hidden]) summary'))).click();
	(await until(() => document.querySelector('#run-actions [data-do=trash]'))).click();
	await until(() => document.getElementById('action').open);
})()`

// visit opens a page of the dashboard at status, or of the report at index.
func (b *tab) visit(p page, status, index string) {
	b.t.Helper()
	b.open("about:blank")
	if strings.HasPrefix(p.name, "report") {
		status = index
	}
	b.open(status + p.address)
	b.await(`!document.body.hasAttribute('data-empty')`)
	b.await(p.ready)
	if p.do != "" {
		b.eval(p.do)
	}
}

// acts accepts every action and does nothing; with it pages offer actions.
func acts(context.Context, Action) (string, error) { return "done", nil }

// demoPages returns all pages, with the runs of demo.
func demoPages(ids map[string]string) []page {
	drawn := `document.querySelectorAll('%s .u-over').length > 0`
	return []page{
		{"runs", "", `document.querySelectorAll('#finished a').length > 20`, ""},
		{"filtered", "?filter=train", `document.querySelectorAll('#matches a').length > 20`, ""},
		{"wrong-filter", "?filter=lr+%3E%3E+1", `document.querySelector('#filter-wrong mark')`, ""},
		{"run", "#run/" + ids["last"] + "/overview", `document.querySelector('.sparkline polyline')`, ""},
		{"run-wide", "?wide=1#run/" + ids["other"] + "/overview", `document.querySelector('.sparkline polyline')`, ""},
		{"run-charts", "?wide=1#run/" + ids["last"] + "/charts", fmt.Sprintf(drawn, "#run-board"), ""},
		{"run-output", "?wide=1#run/" + ids["running"] + "/output", `document.querySelectorAll('#output .l').length > 50`, ""},
		{"run-files", "?wide=1#run/" + ids["other"] + "/files", `document.querySelector('#files a')`, ""},
		{"run-system", "?wide=1#run/" + ids["last"] + "/system", fmt.Sprintf(drawn, "#system-board"), ""},
		{"run-source", "?wide=1#run/" + ids["last"] + "/source", `document.querySelector('.file-diff')`, ""},
		{"pipeline", "#run/" + ids["pipeline"] + "/overview", `document.querySelectorAll('.family a').length === 2`, ""},
		{"staged", "#run/" + ids["staged"] + "/overview", `document.getElementById('run-facts').innerText !== ''`, ""},
		{"file-markdown", "#run/" + ids["other"] + "/files/README.md", `document.querySelector('.document table')`, ""},
		{"file-table", "#run/" + ids["other"] + "/files/metrics.csv", `document.querySelector('#viewer-body table')`, ""},
		{"file-code", "#run/" + ids["other"] + "/files/train.py", `document.querySelector('#viewer-body .k')`, ""},
		{"file-report", "#run/" + ids["other"] + "/files/report.html", `document.querySelector('#viewer-body iframe')`, ""},
		{"charts", "?view=charts", fmt.Sprintf(drawn, "#board"), ""},
		{"charts-grouped", "?view=charts&group=flag%3Alr&smooth=0.6&x=relative", fmt.Sprintf(drawn, "#board"), ""},
		{"charts-coloured", "?view=charts&colour=flag%3Alr&log=1&smooth=0.8&clip=1", fmt.Sprintf(drawn, "#board"), ""},
		{"diff", "#diff/" + ids["last"] + "/" + ids["other"], `document.querySelector('#diff-board .chart-card') && document.querySelector('#diff-source .diff')`, ""},
		{"compare", "?view=compare", `document.querySelectorAll('#compare-rows a').length > 20`, ""},
		{"schedulers", "?view=schedulers", `document.querySelectorAll('.span').length > 3 && document.querySelectorAll('#queue-rows tr').length === 3`, ""},
		{"studies", "?view=studies&study=" + ids["batch"], fmt.Sprintf(drawn, "#slice-cards"), ""},
		{"studies-two", "?view=studies&second=size&goal2=max&by=result&log=1&study=" + ids["batch"], `document.querySelector('[data-name="Pareto front"] .u-over')`, ""},
		{"studies-hostile", "?view=studies&study=" + ids["hostile-batch"], fmt.Sprintf(drawn, "#slice-cards"), ""},
		{"action", "#run/" + ids["last"] + "/overview", `document.getElementById('run-facts').innerText !== ''`, askToTrash},
		{"keys", "", `document.querySelectorAll('#finished a').length > 20`, `document.getElementById('help').click()`},
		{"report-runs", "", `document.querySelectorAll('#matches a').length > 20`, ""},
		{"report-run", "?wide=1#run/" + ids["other"] + "/overview", `document.querySelector('.sparkline polyline')`, ""},
		{"report-charts", "?view=charts&filter=mlp", fmt.Sprintf(drawn, "#board"), ""},
		{"report-compare", "?view=compare", `document.querySelectorAll('#compare-rows a').length > 20`, ""},
		{"report-studies", "?view=studies&study=" + ids["batch"], fmt.Sprintf(drawn, "#slice-cards"), ""},
		{"hostile", "?wide=1#run/" + ids["hostile"] + "/overview", `document.querySelector('#run-scalars th')`, ""},
	}
}

// pictureWithin is the time limit for one picture.
const pictureWithin = 2 * time.Minute

// TestBrowserPictures writes a picture of each page in each theme and width, to look at, to the folder in GUILD_PICTURES; GUILD_PICTURES_OF
// may have patterns for the names of wanted pictures, separated by spaces. A picture that fails does not stop the others; pictures for
// which the test ran out of time are listed.
func TestBrowserPictures(t *testing.T) {
	dir := os.Getenv("GUILD_PICTURES")
	if dir == "" {
		t.Skip("GUILD_PICTURES names the folder for the pictures")
	}
	store, ids := demo(t)
	s := serve(t, Config{Catalog: catalog.New(store, nil), Planned: planned, Act: acts})
	index := reportURL(t, store)
	var missing []string
	for _, width := range []int{390, 1440, 2560} {
		var b *tab
		for _, theme := range []string{"light", "dark"} {
			for _, p := range demoPages(ids) {
				name := fmt.Sprintf("%s-%d-%s", p.name, width, theme)
				if !wanted(name) {
					continue
				}
				need := pictureWithin
				if b == nil {
					need += pictureWithin // starting a browser takes longer
				}
				if end, ends := t.Deadline(); ends && time.Until(end) < need {
					missing = append(missing, name)
					continue
				}
				if b == nil {
					b = openTab(t, width)
				}
				if !t.Run(name, func(t *testing.T) {
					b.during(t, pictureWithin)
					b.prefers(theme)
					b.visit(p, s.URL(), index)
					b.eval(settled)
					b.savePicture(dir, name)
				}) {
					b = nil // the browser may no longer respond
				}
			}
		}
	}
	if len(missing) > 0 {
		t.Errorf("no time was left for %d pictures, which a longer -timeout makes: %s", len(missing), strings.Join(missing, " "))
	}
}

// settled waits until nothing on the page has changed for a while, at most two seconds.
const settled = `new Promise((done) => {
	const most = setTimeout(done, 2000);
	let still = setTimeout(done, 300);
	new MutationObserver(() => { clearTimeout(still); still = setTimeout(done, 300); }).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
})`

// savePicture writes the content of the window as NAME.png to a folder, which it makes if necessary.
func (b *tab) savePicture(dir, name string) {
	b.t.Helper()
	var shot struct{ Data []byte }
	b.call("Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	must(b.t, os.MkdirAll(dir, 0o777))
	must(b.t, os.WriteFile(filepath.Join(dir, name+".png"), shot.Data, 0o666))
}

// wanted reports whether a picture is to be made.
func wanted(name string) bool {
	patterns := strings.Fields(os.Getenv("GUILD_PICTURES_OF"))
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(pattern string) bool {
		match, _ := filepath.Match(pattern, name)
		return match
	})
}
