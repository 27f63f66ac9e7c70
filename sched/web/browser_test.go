package web

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"guild/runs/catalog"
	"guild/runs/scalars"
	"guild/sched/web/reply"
)

const tableIDs = `[...document.querySelectorAll('#compare-rows a')].map((a) => a.dataset.id).join()`

func TestBrowserComparesRuns(t *testing.T) {
	b := openTab(t, 1400)
	s := serve(t, Config{Catalog: catalog.New(world(t), nil)})
	b.open(s.URL() + "?view=compare")
	b.await(tableIDs + ` === 'c,b,a'`)
	b.await(`document.querySelectorAll('#parallel .axis').length === 3 && document.querySelectorAll('#parallel .line').length === 3`)
	b.await(`document.getElementById('same-values').innerText.replace(/\s+/g, ' ') === 'opt adam'`)
	b.eval(`document.querySelector('[data-column=loss]').click()`)
	b.await(tableIDs + ` === 'b,a,c' && location.search === '?view=compare&min=loss'`)

	// The upper end of the axis of lr goes down until only the lowest is within.
	b.eval(`document.querySelector('.handle[aria-label="lr, at most"]').focus()`)
	for range 11 {
		b.keys("ArrowDown")
	}
	b.await(tableIDs + ` === 'a' && document.querySelectorAll('.line.off').length === 2`)
	b.eval(`document.getElementById('ranges-filter').click()`)
	b.await(`document.getElementById('filter').value.startsWith('flag:lr <= 0.1') && document.getElementById('ranges').hidden`)
	b.await(tableIDs + ` === 'a' && document.getElementById('filter-count').innerText === '1 of 3'`)
	b.eval(`history.back()`)
	b.await(tableIDs + ` === 'b,a,c' && document.getElementById('filter').value === ''`)

	b.eval(`document.querySelector('#same-toggle').click()`)
	b.await(`document.querySelector('[data-column=opt]') !== null`)
	b.eval(`document.querySelector('#columns').open = true; [...document.querySelectorAll('#column-list label')].find((l) => l.innerText === 'lr').click()`)
	b.await(`document.querySelector('[data-column=lr]') === null && location.search.endsWith('&hide=lr')`)
	b.eval(`document.getElementById('columns-more').focus()`)
	b.typeText("max loss as worst, =")
	b.keys("Enter")
	b.await(`!document.getElementById('columns-wrong').hidden && document.querySelector('#columns-wrong mark').innerText === '='`)
	b.eval(`document.getElementById('columns-more').value = ''`)
	b.typeText("max loss as worst")
	b.keys("Enter")
	b.await(`document.querySelector('[data-column=worst]') !== null && document.getElementById('columns-wrong').hidden`)
}

func TestBrowserFilters(t *testing.T) {
	b := openTab(t, 1400)
	s := serve(t, Config{Catalog: catalog.New(world(t), nil)})
	b.open(s.URL())
	b.await(`document.querySelectorAll('#finished a').length === 2 && document.querySelectorAll('#waiting a').length === 1`)
	b.keys("/")
	b.typeText("lr >> 0.15")
	b.await(`document.querySelector('#filter-wrong mark')?.innerText === '>' && document.querySelector('#filter-wrong code').innerText === 'lr >> 0.15'`)
	b.eval(`document.getElementById('filter').setSelectionRange(4, 5)`)
	b.typeText(" ")
	const matching = `[...document.querySelectorAll('#matches a')].map((a) => a.dataset.id).join()`
	b.await(`document.getElementById('filter-wrong').hidden && ` + matching + ` === 'c,b'`)
	b.await(`document.getElementById('live-lists').hidden && document.querySelector('[data-status=error] .n').innerText === '1'`)
	b.eval(`document.querySelector('.chip[data-status=error]').click()`)
	b.await(matching + ` === 'b' && location.search.endsWith('&status=error')`)
	b.keys("Escape") // first clears the box, then the rest
	b.await(matching + ` === 'b' && location.search === '?status=error'`)
	b.keys("Escape")
	b.await(`!document.getElementById('live-lists').hidden && location.search === ''`)

	// The counts are those of what the filter's text asks for, whichever of the answers came first.
	b.open(s.URL() + "?filter=adam+error")
	b.await(`document.getElementById('headline').innerText.includes('waits') && ` + matching + ` === 'b'`)
	b.await(`document.querySelector('[data-status=error] .n').innerText === '1' && document.querySelector('[data-status=completed] .n').innerText === '0'`)
	b.keys("Escape")
	b.await(`location.search === '' && document.querySelector('[data-status=completed] .n').innerText === '1'`)

	// From the keyboard to a run and back, and to the comparison.
	b.keys("j", "j", "Enter")
	b.await(`location.hash === '#run/b' && document.getElementById('run-title').innerText !== ''`)
	b.keys("Escape")
	b.await(`location.hash === '' && document.activeElement.dataset.id === 'b'`)
	b.keys("c")
	b.await(`document.body.dataset.view === 'compare' && ` + tableIDs + ` === 'c,b,a'`)
}

func TestBrowserShowsFiles(t *testing.T) {
	b := openTab(t, 1400)
	store, run := runWithFiles(t)
	must(t, os.WriteFile(run.Path("page.html"), []byte("<title>still</title><script>document.title = 'ran'</script><p>text"), 0o666))
	s := serve(t, Config{Catalog: catalog.New(store, nil)})
	b.open(s.URL() + "#run/" + run.ID + "/files")
	b.await(`document.querySelectorAll('#files .tree > li').length === 14`)
	b.eval(`document.querySelector('#files summary').click()`)
	b.await(`[...document.querySelectorAll('.inside .file')].map((a) => a.innerText).join() === 'log 9.txt,log 10.txt'`)
	b.eval(`document.querySelector('[data-path="sub/log 9.txt"]').click()`)
	b.await(`document.getElementById('viewer').open && document.querySelector('#viewer-body pre')?.innerText.trim() === 'nine'`)
	b.keys("ArrowRight")
	b.await(`document.querySelector('#viewer-body pre')?.innerText.trim() === 'ten'`)
	b.keys("Escape")
	b.await(`!document.getElementById('viewer').open && location.hash === '#run/` + run.ID + `/files'`)
	b.eval(`document.querySelector('[data-path="page.html"]').click()`)
	b.await(`document.querySelector('#viewer-body iframe')?.sandbox.value === 'allow-scripts'`)

	page := strings.TrimSuffix(s.URL(), "/status") + "/api/runs/" + run.ID + "/files/page.html"
	b.open(page)
	if title := b.eval("document.title"); title != "still" {
		t.Errorf("a page of a run has run its script: %v", title)
	}
	if origin := b.eval("origin"); origin != "null" {
		t.Errorf("a page of a run has the origin %v", origin)
	}
	b.forgetRefusals()
}

// Nothing is wider than a narrow screen.
func TestBrowserOnAPhone(t *testing.T) {
	b := openTab(t, 390)
	store := world(t)
	s := serve(t, Config{Catalog: catalog.New(store, nil)})
	for rest, ready := range map[string]string{
		"":              `document.querySelectorAll('#finished a').length === 2`,
		"?view=compare": tableIDs + ` === 'c,b,a'`,
		"?filter=lr+%3E%3E+" + strings.Repeat("1", 99): `document.querySelector('#filter-wrong mark')`,
		"#run/a": `document.getElementById('run-title').innerText !== '' && getComputedStyle(document.getElementById('pane')).position === 'fixed'`,
	} {
		b.open("about:blank")
		b.open(s.URL() + rest)
		b.await(ready)
		if w := b.eval(`document.scrollingElement.scrollWidth`); w != 390.0 {
			t.Errorf("%q is %v wide", rest, w)
		}
	}
}

// The charts: which runs are drawn, how, and what the keyboard reads.
func TestBrowserCharts(t *testing.T) {
	b := openTab(t, 1440)
	store, ids := demo(t)
	s := serve(t, Config{Catalog: catalog.New(store, nil)})
	b.open(s.URL() + "?view=charts&filter=" + "mlp")
	const drawn = `document.querySelectorAll('#board .u-over').length >= 4`
	b.await(drawn + ` && document.querySelectorAll('#picks input:checked').length === 10`)
	b.await(`document.querySelector('[data-name="loss"] .readout').innerText === '10 curves'`)

	// Space draws a run or not, and the address says so.
	b.eval(`document.querySelector('#picks input').focus()`)
	b.keys(" ")
	b.await(`document.querySelectorAll('#picks input:checked').length === 9 && document.querySelector('[data-name="loss"] .readout').innerText === '9 curves'`)
	b.await(`new URLSearchParams(location.search).get('runs').split(',').length === 9`)

	b.eval(`for (const [label, value] of [['X axis', 'relative'], ['Group by', 'flag:lr']]) {
		const select = [...document.querySelectorAll('#chart-settings label')].find((l) => l.innerText.startsWith(label)).querySelector('select');
		select.value = value;
		select.dispatchEvent(new Event('change'));
	}`)
	b.await(`location.search.includes('x=relative') && document.querySelector('[data-name="loss"] .readout').innerText === '4 curves'`)

	// Along a curve by the arrows; Enter opens its run.
	b.open(s.URL() + "?view=charts&runs=" + ids["last"])
	b.await(drawn)
	b.eval(`document.querySelector('[data-name="loss"] .plot').focus()`)
	b.keys("ArrowLeft", "ArrowLeft")
	b.await(`/^step 298 · [\d.]+ · mlp:train/.test(document.querySelector('[data-name="loss"] .readout').innerText)`)
	b.await(`document.getElementById('announce').innerText.startsWith('step 298')`)
	b.eval(`document.querySelector('[data-name="loss"] button').click()`)
	b.await(`document.querySelectorAll('[data-name="loss"] tbody tr').length === 101`)
	b.eval(`document.querySelector('[data-name="loss"] button').click(); document.querySelector('[data-name="loss"] .plot').focus()`)
	b.keys("ArrowRight", "Enter")
	b.await(`location.hash === '#run/` + ids["last"] + `' && document.body.hasAttribute('data-alone')`)
	b.keys("Escape")
	b.await(`location.hash === '' && !document.getElementById('charts-view').hidden`)
}

// A curve grows while its run writes, in the plot that is there, so that a part of the axis that was chosen stays.
func TestBrowserChartGrows(t *testing.T) {
	b := openTab(t, 1440)
	store := newStore(t)
	l := running(t, store, "train", nil)
	w := scalars.NewWriter(l.Run())
	for i := range 20 {
		w.Scalar("loss", 1/float64(i+1), int64(i), time.Now())
	}
	must(t, w.Flush())
	s := serve(t, Config{Catalog: catalog.New(store, nil)})
	b.open(s.URL() + "#run/" + l.Run().ID + "/charts")
	b.await(`document.querySelector('[data-name="loss"] .readout')?.innerText.endsWith('step 19')`)
	b.eval(`window.plot = document.querySelector('[data-name="loss"] .u-over'); 0`)
	w.Scalar("loss", 0.01, 20, time.Now())
	w.Scalar("acc", 0.5, 20, time.Now())
	must(t, w.Close())
	b.await(`document.querySelector('[data-name="loss"] .readout').innerText === 'last 0.01 · step 20'`)
	b.await(`document.querySelector('[data-name="acc"] .readout')?.innerText === 'last 0.5 · step 20'`)
	if b.eval(`window.plot.isConnected`) != true {
		t.Error("a new point has made another plot")
	}
}

// The tabs of a run: by address, keys and search.
func TestBrowserRunPage(t *testing.T) {
	b := openTab(t, 1440)
	store, ids := demo(t)
	s := serve(t, Config{Catalog: catalog.New(store, nil)})
	b.open(s.URL() + "#run/" + ids["pipeline"])
	b.await(`document.querySelectorAll('.family a').length === 2`)
	b.eval(`document.querySelector('.family a').click()`)
	b.await(`document.getElementById('run-family').innerText.includes('part of')`)
	b.open(s.URL() + "#run/" + ids["last"] + "/output")
	b.await(`document.querySelectorAll('#output .l').length === 61`)
	b.eval(`document.getElementById('output-find').focus()`)
	b.typeText("error")
	b.keys("Enter")
	b.await(`document.getElementById('output-found').innerText === 'line 1 of 1' && document.querySelector('#output [data-here]').innerText.startsWith('ERROR')`)
	b.eval(`document.getElementById('output-times').click()`)
	b.await(`/^\d\d:\d\d:\d\d\.\d\d\d$/.test(document.querySelector('#output .l').dataset.time)`)
	b.eval(`document.activeElement.blur()`)
	b.keys("]")
	b.await(`location.hash.endsWith('/files') && document.querySelector('#files a')`)
	b.keys("[", "[")
	b.await(`location.hash.endsWith('/charts')`)
	b.keys("f")
	b.await(`document.body.hasAttribute('data-alone') && location.search === '?wide=1'`)
	b.open(s.URL() + "#run/" + ids["last"] + "/system")
	b.await(`document.querySelectorAll('#system-board article').length === 3`)
	b.open(s.URL() + "#diff/" + ids["other"] + "/" + ids["last"])
	b.await(`document.querySelectorAll('.pair .differs').length > 3 && document.querySelector('#diff-source ins')?.innerText.includes('lr = 0.01')`)
}

// A study: its objective and order are in the address, points link to trials, and a screen reader can read them.
func TestBrowserStudies(t *testing.T) {
	b := openTab(t, 1440)
	store := newStore(t)
	batch, trials := sweep(t, store, "", []float64{3, 2, nan, 4, 1, 5, 0.5}, true)
	sweep(t, store, "-size", []float64{1, 2}, false)
	s := serve(t, Config{Catalog: catalog.New(store, nil), Planned: planned})
	b.open(s.URL() + "?view=studies")
	b.await(`document.querySelectorAll('#study-list a').length === 2 && document.querySelectorAll('#trials tbody tr').length > 0`)
	b.eval(`[...document.querySelectorAll('#study-list a')].find((a) => a.href.endsWith('` + batch.ID + `')).click()`)
	b.await(`location.search === '?view=studies&study=` + batch.ID + `' && document.querySelectorAll('#trials tbody tr').length === 7`)
	b.await(`document.getElementById('study-facts').innerText.startsWith('6 of 11 trials ended · 1 failed · 1 at work · expected end')`)
	b.await(`document.getElementById('study-facts').innerText.endsWith('best 1 loss by trial 5')`)
	b.await(`document.querySelectorAll('#slice-cards .u-over').length === 3 && document.querySelectorAll('.bars li').length === 3`)
	b.await(`document.querySelector('[data-name="Best so far"] .readout').innerText === '1 by trial 5, of 5 results'`)

	b.eval(`document.querySelector('[data-by=result]').focus()`)
	b.keys("Enter")
	const order = `[...document.querySelectorAll('#trials tbody a')].map((a) => a.innerText).join()`
	b.await(order + ` === '5,2,1,4,6,3,7' && location.search.endsWith('&by=result') && document.activeElement.dataset.by === 'result'`)
	b.keys("Enter")
	b.await(order + ` === '6,4,1,2,5,3,7'`)

	b.eval(`for (const [label, value] of [['Second objective', 'size']]) {
		const select = [...document.querySelectorAll('#study-settings label')].find((l) => l.innerText.startsWith(label)).querySelector('select');
		select.value = value;
		select.dispatchEvent(new Event('change'));
	}`)
	b.await(`location.search.includes('second=size') && document.querySelector('[data-name="Pareto front"] .readout')?.innerText === '2 trials that no other beats in both'`)

	b.eval(`document.querySelector('[data-name="Best so far"] .plot').focus()`)
	b.keys("ArrowRight", "ArrowRight")
	b.await(`document.getElementById('announce').innerText === 'trial 2 · loss 2'`)
	b.keys("Enter")
	b.await(`location.hash === '#run/` + trials[1].ID + `'`)
	b.keys("Escape")
	b.eval(`document.activeElement.blur()`)
	b.keys("b")
	b.await(`document.body.dataset.view === 'runs'`)
}

// maxNodes is the most nodes of the page, with any number of runs.
const maxNodes = 5000

// Of very many runs only the rows near the window are in the page, and keys reach all of them.
func TestBrowserManyRuns(t *testing.T) {
	const all = 100_000
	b := openTab(t, 1440)
	s := newServer(t.Context(), Config{Catalog: catalog.New(world(t), nil), Open: true})
	real := s.handler("127.0.0.1")
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/runs" {
			real.ServeHTTP(w, r)
			return
		}
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		m := Matches{Total: all, Matched: all, Offset: min(offset, all)}
		for i := m.Offset; i < min(all, m.Offset+limit); i++ {
			m.Runs = append(m.Runs, Run{ID: "run" + strconv.Itoa(i), ShortID: strconv.Itoa(i), Op: "train", Label: "lr=0.1 seed=" + strconv.Itoa(i), Status: "completed", Seconds: 3, Stopped: time.Now()})
		}
		reply.JSON(w, r, http.StatusOK, reply.Encode(m))
	}))
	t.Cleanup(func() {
		s.end()
		site.CloseClientConnections()
		site.Close()
		s.poller.wait()
	})
	b.open(site.URL + "/status?filter=train")
	b.await(`document.querySelectorAll('#matches a').length >= 50 && document.getElementById('filter-count').innerText === '100,000 of 100,000'`)
	count := func(where string) {
		t.Helper()
		n := b.eval(`document.querySelectorAll('*').length`).(float64)
		t.Logf("%s: %v nodes", where, n)
		if n > maxNodes {
			t.Errorf("%s: %v nodes, %d are the most", where, n, maxNodes)
		}
	}
	count("at the start")
	b.keys("G")
	b.await(`document.activeElement.dataset.id === 'run99999'`)
	count("at the end")
	b.keys("k", "k")
	b.await(`document.activeElement.dataset.id === 'run99997'`)
	b.keys("g")
	b.await(`document.activeElement.dataset.id === 'run0'`)
	b.eval(`scrollTo(0, 2000000)`)
	b.await(`document.elementFromPoint(400, 450)?.closest('a')?.dataset.id.startsWith('run48')`)
	count("in the middle")
}
