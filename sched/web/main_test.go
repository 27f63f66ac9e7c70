package web

import (
	"context"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"guild/runs"
	"guild/runs/opref"
	"guild/sched/state"
)

func TestMain(m *testing.M) {
	// The clock of the regular expression library for code highlighting ends by itself, a moment after its last use.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/dlclark/regexp2/v2.runClock"), goleak.Cleanup(func(code int) {
		http.DefaultClient.CloseIdleConnections()
		os.Exit(code)
	}))
}

// later returns a time at which all changes of a test are old. It is the start of a minute, so that no run moves to another minute in the
// throughput.
func later() time.Time { return time.Now().Add(time.Hour).Truncate(time.Minute) }

// manual is a clock whose tickers tick on command.
type manual struct {
	mu    sync.Mutex
	t     time.Time
	ticks map[time.Duration]chan time.Time
}

func newManual() *manual { return &manual{t: later(), ticks: make(map[time.Duration]chan time.Time)} }

func (m *manual) clock() *clock {
	return &clock{now: m.now, ticker: func(d time.Duration) (<-chan time.Time, func()) { return m.channel(d), func() {} }}
}

func (m *manual) now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.t
}

func (m *manual) advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.t = m.t.Add(d)
}

func (m *manual) channel(d time.Duration) chan time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ticks[d] == nil {
		m.ticks[d] = make(chan time.Time)
	}
	return m.ticks[d]
}

// tick waits until a ticker of the given period has received a tick.
func (m *manual) tick(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case m.channel(d) <- m.now():
	case <-time.After(10 * time.Second):
		t.Fatalf("nobody waits for a tick of %v", d)
	}
}

func newStore(t testing.TB) *runs.Store {
	t.Helper()
	return runs.Open(t.TempDir())
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// draft begins a run of an operation.
func draft(t testing.TB, s *runs.Store, op string, attrs map[string]any) *runs.Draft {
	t.Helper()
	d, err := s.Draft("")
	must(t, err)
	must(t, d.SetOpref(opref.Ref{PkgType: opref.Guildfile, PkgName: "/project/guild.yml", Op: op}))
	must(t, d.SetAttrs(attrs))
	return d
}

// running starts a run that is owned until the test ends or the lock is closed.
func running(t testing.TB, s *runs.Store, op string, attrs map[string]any) *runs.Lock {
	t.Helper()
	l, err := draft(t, s, op, attrs).CommitOwned(runs.Pending)
	must(t, err)
	t.Cleanup(func() { l.Close() })
	must(t, l.Begin(runs.Self()))
	return l
}

// ended makes a run that ended at the given time.
func ended(t testing.TB, s *runs.Store, op string, exit int, at time.Time) *runs.Run {
	t.Helper()
	l := running(t, s, op, nil)
	must(t, l.Finish(exit))
	must(t, l.Run().SetAttr("stopped", runs.Micros(at)))
	must(t, l.Close())
	return l.Run()
}

func staged(t testing.TB, s *runs.Store, op string) *runs.Run {
	t.Helper()
	r, err := draft(t, s, op, nil).Commit(runs.Staged)
	must(t, err)
	must(t, s.Stage(r))
	return r
}

// scheduling starts a run that is a scheduler.
func scheduling(t testing.TB, s *runs.Store, st state.State) *runs.Lock {
	t.Helper()
	d, err := s.Draft("")
	must(t, err)
	ref := opref.Ref{PkgType: opref.Builtin, Op: st.Kind}
	if model, op, found := strings.Cut(st.Kind, ":"); found {
		ref.Model, ref.Op = model, op
	}
	must(t, d.SetOpref(ref))
	l, err := d.CommitOwned(runs.Pending)
	must(t, err)
	t.Cleanup(func() { l.Close() })
	must(t, l.Begin(runs.Self()))
	st.RunID = l.Run().ID
	must(t, state.Write(l.Run(), &st))
	return l
}

// beating is scheduling with regular heartbeats until the test ends.
func beating(t testing.TB, s *runs.Store, st state.State) {
	t.Helper()
	l := scheduling(t, s, st)
	st.RunID = l.Run().ID
	ended := make(chan struct{})
	stop := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-time.After(5 * time.Second):
				st.Heartbeat = time.Now()
				_ = state.Write(l.Run(), &st) // the next write may succeed
			case <-stop:
				return
			}
		}
	}()
	t.Cleanup(func() {
		close(stop)
		<-ended
	})
}

// serve starts a server that ends with the test.
func serve(t testing.TB, cfg Config) *Server {
	t.Helper()
	if cfg.Addr == "" {
		cfg.Addr = "127.0.0.1:0"
	}
	s, err := Start(t.Context(), cfg)
	must(t, err)
	t.Cleanup(func() { closeServer(t, s) })
	return s
}

func closeServer(t testing.TB, s *Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		t.Errorf("close: %v", err)
	}
}
