package web

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"guild/runs"
	"guild/runs/catalog"
	"guild/sched/state"
)

type event struct{ name, id, data string }

// listener reads the events of a stream one by one.
type listener struct {
	t      *testing.T
	events chan event
	body   interface{ Close() error }
}

func listenTo(t *testing.T, s *Server, path string, header ...string) *listener {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.TrimSuffix(s.URL(), "/status")+path, nil)
	must(t, err)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r) //nolint:bodyclose // the listener closes it
	must(t, err)
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		resp.Body.Close()
		t.Fatalf("%s: %s, %s", path, resp.Status, resp.Header.Get("Content-Type"))
	}
	l := &listener{t: t, events: make(chan event, 100), body: resp.Body}
	go func() {
		defer close(l.events)
		var e event
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "event":
				e.name = value
			case "id":
				e.id = value
			case "data":
				e.data = value
			case "": // a comment, or the end of an event
				if value != "" {
					e = event{name: "comment", data: value}
				}
				if e.name != "" {
					l.events <- e
				}
				e = event{}
			}
		}
	}()
	t.Cleanup(l.close)
	return l
}

func (l *listener) close() { l.body.Close() }

func (l *listener) next() event {
	l.t.Helper()
	select {
	case e, ok := <-l.events:
		if !ok {
			l.t.Fatal("the stream has ended")
		}
		return e
	case <-time.After(10 * time.Second):
		l.t.Fatal("no event")
	}
	return event{}
}

func (l *listener) snapshot() Snapshot {
	l.t.Helper()
	e := l.next()
	var s Snapshot
	if err := json.Unmarshal([]byte(e.data), &s); e.name != "status" || err != nil {
		l.t.Fatalf("event %q with %q: %v", e.name, e.data, err)
	}
	return s
}

func (l *listener) output() Output {
	l.t.Helper()
	e := l.next()
	var o Output
	if err := json.Unmarshal([]byte(e.data), &o); e.name != "output" || err != nil {
		l.t.Fatalf("event %q with %q: %v", e.name, e.data, err)
	}
	return o
}

// quiet triggers another look at the store and fails if that sends an event. l is the only stream.
func (l *listener) quiet(m *manual) {
	l.t.Helper()
	m.tick(l.t, pollEvery)
	m.tick(l.t, pollEvery) // received after the look of the first tick
	// A stream sends its events before it waits: the second of these ticks is received after them.
	m.tick(l.t, heartbeatEvery)
	m.tick(l.t, heartbeatEvery)
	for range 2 {
		if e := l.next(); e.name != "comment" {
			l.t.Errorf("nothing changed, yet %q with %.80s", e.name, e.data)
		}
	}
}

func TestEventsTellWhatChanged(t *testing.T) {
	store, m := newStore(t), newManual()
	s := serve(t, Config{Catalog: catalog.New(store, nil), clock: m.clock()})
	a := listenTo(t, s, "/api/events")
	b := listenTo(t, s, "/api/events")
	for _, l := range []*listener{a, b} {
		if got := l.snapshot(); got.Counts.Total != 0 || got.Root != store.Root() {
			t.Errorf("at first: %+v", got)
		}
	}
	run := staged(t, store, "train")
	m.tick(t, pollEvery)
	for _, l := range []*listener{a, b} {
		if got := l.snapshot(); len(got.Waiting) != 1 || got.Waiting[0].ID != run.ID {
			t.Errorf("after staging: %+v", got.Waiting)
		}
	}
}

func TestNothingNewIsNotSent(t *testing.T) {
	store, m := newStore(t), newManual()
	ended(t, store, "op", 0, m.now())
	s := serve(t, Config{Catalog: catalog.New(store, nil), clock: m.clock()})
	l := listenTo(t, s, "/api/events")
	l.snapshot()
	m.advance(beatsEvery)
	l.quiet(m)
}

func TestHeartbeatsAloneAreSeldomNews(t *testing.T) {
	store, m := newStore(t), newManual()
	st := state.State{Kind: "queue", Heartbeat: m.now().Add(-time.Second)}
	scheduler := scheduling(t, store, st)
	s := serve(t, Config{Catalog: catalog.New(store, nil), clock: m.clock()})
	l := listenTo(t, s, "/api/events")
	first := l.snapshot()
	beat := func() {
		m.advance(beatsEvery / 2)
		st.Heartbeat = m.now()
		must(t, state.Write(scheduler.Run(), &st))
		m.tick(t, pollEvery)
	}
	beat()
	l.quiet(m)
	beat()
	if got := l.snapshot(); got.Now.Sub(first.Now) < beatsEvery {
		t.Errorf("news after %v", got.Now.Sub(first.Now))
	}
	l.quiet(m)
}

func TestPollerRestsWithoutClients(t *testing.T) {
	store, m := newStore(t), newManual()
	s := serve(t, Config{Catalog: catalog.New(store, nil), clock: m.clock()})
	l := listenTo(t, s, "/api/events")
	l.snapshot()
	l.close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.poller.loops.Wait()
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("the poller goes on")
	}
	s.poller.drop() // as after a minute without clients
	run := staged(t, store, "op")
	if got := listenTo(t, s, "/api/events").snapshot(); len(got.Waiting) != 1 || got.Waiting[0].ID != run.ID {
		t.Errorf("the next client: %+v", got.Waiting)
	}
}

func TestStalledStore(t *testing.T) {
	store, m := newStore(t), newManual()
	s := serve(t, Config{Catalog: catalog.New(store, nil), clock: m.clock()})
	<-s.poller.turn // as during a look that hangs
	s.poller.mu.Lock()
	s.poller.since = m.now()
	s.poller.mu.Unlock()
	l := listenTo(t, s, "/api/events")
	m.advance(2 * stalledAfter)
	m.tick(t, stalledAfter)
	if e := l.next(); e.name != "stalled" || e.data != `{"seconds":10}` {
		t.Errorf("%+v", e)
	}
	s.poller.turn <- struct{}{}
	l.snapshot()
}

func TestOutputEvents(t *testing.T) {
	store, m := newStore(t), newManual()
	s := serve(t, Config{Catalog: catalog.New(store, nil), clock: m.clock()})
	lock := running(t, store, "op", nil)
	run := lock.Run()
	write(t, run, "one\n")
	l := listenTo(t, s, "/api/runs/"+run.ID+"/events")
	if o := l.output(); o.Text != "one\n" || o.Done {
		t.Errorf("first: %+v", o)
	}
	write(t, run, "two\n")
	m.tick(t, outputEvery)
	if e := l.next(); e.name != "output" || e.id != "8" || !strings.Contains(e.data, `"text":"two\n"`) {
		t.Errorf("second: %+v", e)
	}
	write(t, run, "three\n")
	must(t, lock.Finish(0))
	must(t, lock.Close())
	m.tick(t, outputEvery)
	if o := l.output(); o.Text != "three\n" || !o.Done {
		t.Errorf("last: %+v", o)
	}
	if e := l.next(); e.name != "end" {
		t.Errorf("after the last: %+v", e)
	}

	again := listenTo(t, s, "/api/runs/"+run.ID+"/events?offset=0", "Last-Event-ID", "8")
	if o := again.output(); o.Text != "three\n" || o.Offset != 8 {
		t.Errorf("resumed: %+v", o)
	}
}

func TestLongOutputComesAtOnce(t *testing.T) {
	store, m := newStore(t), newManual()
	s := serve(t, Config{Catalog: catalog.New(store, nil), clock: m.clock()})
	run := ended(t, store, "op", 0, m.now())
	write(t, run, strings.Repeat("0123456789abcde\n", 3*maxChunk/16))
	l := listenTo(t, s, "/api/runs/"+run.ID+"/events?offset=0")
	for i := range 3 {
		if o := l.output(); len(o.Text) != maxChunk || o.Done != (i == 2) {
			t.Errorf("piece %d: %d bytes, done %v", i, len(o.Text), o.Done)
		}
	}
}

func TestOutputOfARunThatGoes(t *testing.T) {
	store, m := newStore(t), newManual()
	s := serve(t, Config{Catalog: catalog.New(store, nil), clock: m.clock()})
	run := staged(t, store, "op")
	l := listenTo(t, s, "/api/runs/"+run.ID+"/events")
	if o := l.output(); o.Done || o.Text != "" {
		t.Errorf("before the start: %+v", o)
	}
	must(t, os.RemoveAll(run.Dir))
	m.tick(t, outputEvery)
	if e := l.next(); e.name != "gone" || !strings.Contains(e.data, runs.ErrNotFound.Error()) {
		t.Errorf("%+v", e)
	}
}
