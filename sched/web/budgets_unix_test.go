//go:build unix

package web

import (
	"bufio"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"guild/runs/catalog"
	"guild/runs/scalars"
)

// BenchmarkBrowser reports what pages cost, each figure beside its goal. All figures are medians of several measurements. Chromium draws
// without a graphics card here, so drawing is also measured relative to a minimum: uPlot alone, in the same browser.
//
//	GUILD_SLOW=1 go test ./sched/web -run '^$' -bench Browser -benchtime 1x
func BenchmarkBrowser(b *testing.B) {
	b.Run("static", benchStatic)
	b.Run("chart", benchChart)
	b.Run("list", benchList)
	b.Run("changes", benchChanges)
	b.Run("server", benchServer)
}

const benchTimes = 5

// benchStatic reports the bytes that a page loads at first, compressed.
func benchStatic(b *testing.B) {
	for b.Loop() {
		files, err := assets()
		must(b, err)
		n := 0
		for _, f := range files {
			n += len(f.gzip)
		}
		report(b, float64(n)/1024, "KiB/80")
	}
}

// benchChart draws one scalar of 40 runs with 500 points each, then one more point of one of them.
func benchChart(b *testing.B) {
	const curves, points = 40, 500
	t := openTab(b, 1440).costs()
	store := newStore(b)
	var ids []string
	var last *scalars.Writer
	for i := range curves {
		l := running(b, store, "train", map[string]any{"flags": map[string]any{"seed": i}})
		w := scalars.NewWriter(l.Run())
		for step := range points {
			w.Scalar("loss", 2/float64(step+1)+math.Sin(float64(step*(i+1)))/9, int64(step), time.Now())
		}
		must(b, w.Flush())
		b.Cleanup(func() { _ = w.Close() })
		ids, last = append(ids, l.Run().ID), w
	}
	s := serve(b, Config{Catalog: catalog.New(store, nil)})
	all := "?view=charts&runs=" + strings.Join(ids, ",")
	for b.Loop() {
		t.open(s.URL() + all)
		t.await(chartDrawn)
		t.eval(tellUpdates)
		t.eval(settled)
		var drawn, plain, updated, plainUpdated []float64
		for i := range benchTimes {
			t.eval(`document.getElementById('picks-none').click()`)
			t.await(`!document.querySelector('#board .u-over')`)
			t.eval(settled)
			drawn = append(drawn, t.busy(func() {
				t.eval(fmt.Sprintf(`history.replaceState(null, '', %q); dispatchEvent(new PopStateEvent('popstate'))`, all))
				t.await(chartDrawn)
			}))
			plain = append(plain, t.busy(func() { t.eval(fmt.Sprintf(plainChart, curves, points)) }))
			t.eval(settled)
			plainUpdated = append(plainUpdated, t.busy(func() { t.eval(plainUpdate) }))
			t.eval(`document.getElementById('plain').remove()`)
			t.eval(settled)
			t.eval(watchUpdate)
			begun := time.Now()
			update := t.busy(func() {
				last.Scalar("loss", 0.5, int64(points+i), time.Now())
				must(b, last.Flush())
				t.eval(`updated`)
			})
			waited := time.Since(begun)
			updated = append(updated, update-t.busy(func() { time.Sleep(waited) }))
		}
		report(b, middle(drawn), "ms-chart/80")
		report(b, middle(plain), "ms-uPlot-alone")
		report(b, middle(drawn)/middle(plain), "x-uPlot")
		report(b, middle(updated), "ms-update/10")
		report(b, middle(plainUpdated), "ms-uPlot-update")
	}
}

const chartDrawn = `document.querySelector('[data-name="loss"] .readout')?.innerText === '40 curves'`

// tellUpdates makes new plots report when they have drawn new data.
const tellUpdates = `(() => {
	const made = uPlot;
	window.uPlot = function (...options) {
		const plot = new made(...options);
		const { setData } = plot;
		plot.setData = (...data) => { setData(...data); requestAnimationFrame(() => setTimeout(() => window.onUpdate?.())); };
		return plot;
	};
	Object.assign(window.uPlot, made);
})()`

// watchUpdate creates a promise that the next update fulfils.
const watchUpdate = `window.updated = new Promise((done) => { window.onUpdate = done; }); 0`

// plainChart draws the given number of curves and points with uPlot alone.
const plainChart = `(() => {
	const place = document.createElement('div');
	place.id = 'plain';
	document.getElementById('board').append(place);
	const x = Float64Array.from({length: %[2]d}, (_, i) => i);
	const curves = Array.from({length: %[1]d}, (_, k) => Array.from(x, (v) => 2 / (v + 1) + Math.sin(v * (k + 1)) / 9));
	window.plain = new uPlot({width: 1000, height: 200, pxAlign: false, legend: {show: false}, scales: {x: {time: false}},
		series: [{}, ...curves.map(() => ({stroke: '#2f5cc7', width: 1.6, points: {show: false}}))]}, [x, ...curves], place);
	return new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
})()`

// plainUpdate gives one of the curves of plainChart one more point.
const plainUpdate = `(() => {
	const [x, ...curves] = plain.data;
	plain.setData([Float64Array.from([...x, x.length]), ...curves.map((c, k) => (k ? [...c, null] : [...c, 0.5]))]);
	return new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
})()`

// benchList opens the list of 10,000 runs while others have it open already.
func benchList(b *testing.B) {
	const n = 10_000
	t := openTab(b, 1440).costs()
	store := newStore(b)
	varied(b, store, n)
	s := serve(b, Config{Catalog: catalog.New(store, nil)})
	for b.Loop() {
		var first, work, empty, found, heap []float64
		const rows = `document.querySelectorAll('#finished a').length > 20`
		begun := time.Now()
		t.open(s.URL())
		t.await(rows)
		report(b, float64(time.Since(begun).Milliseconds()), "ms-cold")
		stop := s.poller.watch()
		for range benchTimes {
			t.open("about:blank")
			empty = append(empty, t.busy(func() { t.open(strings.Replace(s.URL(), "/status", "/static/icon.svg", 1)) }))
			t.open("about:blank")
			work = append(work, t.busy(func() {
				t.open(s.URL())
				t.await(rows)
				first = append(first, t.eval(`performance.now()`).(float64))
			}))
			t.eval(`document.getElementById('filter').focus()`)
			found = append(found, t.busy(func() {
				t.typeText("resnet and lr < 0.05")
				t.await(`document.querySelectorAll('#matches a').length > 20`)
			}))
			heap = append(heap, t.metric("JSHeapUsedSize")/(1<<20))
		}
		stop()
		report(b, middle(work), "ms-first-rows/300")
		report(b, middle(empty), "ms-empty-page")
		report(b, middle(first), "ms-until-first-rows")
		report(b, middle(found), "ms-filter")
		report(b, middle(heap), "MiB-heap/30")
	}
}

// benchChanges ends 50 runs per second while a page shows them, and logs 50 points per second while a page draws them.
func benchChanges(b *testing.B) {
	const perSecond, seconds = 50, 10
	t := openTab(b, 1440).costs()
	store := newStore(b)
	for range 100 {
		ended(b, store, "train", 0, time.Now())
	}
	l := running(b, store, "train", nil)
	w := scalars.NewWriter(l.Run())
	w.Scalar("loss", 1, 0, time.Now())
	must(b, w.Flush())
	b.Cleanup(func() { _ = w.Close() })
	s := serve(b, Config{Catalog: catalog.New(store, nil)})
	step := 0
	share := func(change func()) float64 {
		var shares []float64
		for range 3 {
			ms := t.busy(func() {
				end := time.After(seconds * time.Second)
				tick := time.NewTicker(time.Second / perSecond)
				defer tick.Stop()
				for {
					select {
					case <-tick.C:
						change()
					case <-end:
						return
					}
				}
			})
			shares = append(shares, ms/(10*seconds))
		}
		return middle(shares)
	}
	for b.Loop() {
		t.open(s.URL())
		t.await(`document.querySelectorAll('#finished a').length > 20`)
		report(b, share(func() { ended(b, store, "train", 0, time.Now()) }), "%-main-list/5")
		t.open(s.URL() + "?view=charts&runs=" + l.Run().ID)
		t.await(`document.querySelector('#board .u-over')`)
		report(b, share(func() {
			step++
			w.Scalar("loss", 1/float64(step), int64(step), time.Now())
			must(b, w.Flush())
		}), "%-main-chart/5")
	}
}

// benchServer measures the processor time of a dashboard of 1,000 runs: without clients, and with 50 pages, whose readers are in the same
// process.
func benchServer(b *testing.B) {
	store := newStore(b)
	varied(b, store, 1000)
	running(b, store, "train", nil)
	s := serve(b, Config{Catalog: catalog.New(store, nil), Open: true})
	events := strings.Replace(s.URL(), "/status", "/api/events", 1)
	for b.Loop() {
		report(b, used(10*time.Second), "%-cpu-unwatched")
		var streams []func()
		for range 50 {
			streams = append(streams, follow(b, events))
		}
		time.Sleep(3 * time.Second) // the first look reads all runs
		report(b, used(10*time.Second), "%-cpu-50-pages")
		for _, stop := range streams {
			stop()
		}
	}
}

// follow reads a stream of events until the returned function is called.
func follow(b *testing.B, address string) (stop func()) {
	b.Helper()
	answer, err := http.Get(address) //nolint:bodyclose // the returned function closes it
	must(b, err)
	if answer.StatusCode != http.StatusOK {
		b.Fatalf("%s: %s", address, answer.Status)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			continue
		}
	}()
	return func() {
		_ = answer.Body.Close()
		<-ended
	}
}

// used returns the part of one processor, in percent, that this process takes for some time.
func used(d time.Duration) float64 {
	before := cpu()
	time.Sleep(d)
	return 100 * float64(cpu()-before) / float64(d)
}

func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// busy returns how many milliseconds the page's main thread works while an action is done.
func (b *tab) busy(do func()) float64 {
	b.t.Helper()
	before := b.metric("TaskDuration")
	do()
	return 1000 * (b.metric("TaskDuration") - before)
}

// costs makes the browser record the work of the page's threads.
func (b *tab) costs() *tab {
	b.t.Helper()
	b.call("Performance.enable", map[string]any{"timeDomain": "threadTicks"}, nil)
	return b
}

// metric returns a figure that the browser records about the page.
func (b *tab) metric(name string) float64 {
	b.t.Helper()
	var out struct {
		Metrics []struct {
			Name  string
			Value float64
		}
	}
	b.call("Performance.getMetrics", nil, &out)
	for _, m := range out.Metrics {
		if m.Name == name {
			return m.Value
		}
	}
	b.t.Fatalf("the browser does not know %s", name)
	return 0
}

func middle(list []float64) float64 {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}

// report reports a figure without ns/op, which would be meaningless.
func report(b *testing.B, value float64, unit string) {
	b.ReportMetric(value, unit)
	b.ReportMetric(0, "ns/op")
}
