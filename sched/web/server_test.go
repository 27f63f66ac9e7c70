package web

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"guild/runs/catalog"
	"guild/sched/web/listen"
)

func TestServesOverTheNetwork(t *testing.T) {
	s := serve(t, Config{Catalog: catalog.New(newStore(t), nil)})
	if !strings.HasPrefix(s.URL(), "http://127.0.0.1:") || !strings.HasSuffix(s.URL(), "/status") {
		t.Errorf("URL %s", s.URL())
	}
	resp, err := http.Get(s.URL())
	must(t, err)
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	must(t, err)
	if resp.StatusCode != http.StatusOK || !strings.Contains(string(page), "<h1") {
		t.Errorf("%s: %.200s", resp.Status, page)
	}
}

// If a port is taken, the next free port is used.
func TestTakenPort(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	s := serve(t, Config{Catalog: catalog.New(newStore(t), nil), Addr: taken.Addr().String()})
	got, err := strconv.Atoi(strings.Trim(strings.TrimPrefix(strings.TrimSuffix(s.URL(), "/status"), "http://127.0.0.1"), ":"))
	must(t, err)
	if got == port || got == 0 {
		t.Errorf("URL %s with port %d taken", s.URL(), port)
	}
	// Other programs may take ports meanwhile, so the next port is unknown; but the link must work.
	resp, err := http.Head(s.URL())
	must(t, err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("%s: %s", s.URL(), resp.Status)
	}
}

func TestTakenPortTriesTheNext(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	l, err := listen.On(t.Context(), taken.Addr().String(), false)
	must(t, err)
	defer l.Close()
	got := l.Addr().(*net.TCPAddr).Port
	for p := port + 1; p < got && p <= port+50; /* ports that are tried */ p++ {
		if free, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(p))); err == nil {
			free.Close()
			t.Errorf("took %d for %d, though %d is free", got, port, p)
		}
	}
	if got < port && port+50 /* ports that are tried */ < 1<<16 {
		t.Errorf("took %d for %d", got, port)
	}
}

// TestTakenPortThatWasGiven: a dashboard does not serve at another port than the one given.
func TestTakenPortThatWasGiven(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer taken.Close()
	s, err := Start(t.Context(), Config{Catalog: catalog.New(newStore(t), nil), Addr: taken.Addr().String(), Exact: true})
	if err == nil {
		_ = s.Close(t.Context())
	}
	if want := fmt.Sprintf("port %d is taken by another program", taken.Addr().(*net.TCPAddr).Port); err == nil || err.Error() != want {
		t.Errorf("%v, want %q", err, want)
	}
}

func TestCannotListen(t *testing.T) {
	// This address is reserved for documentation: no host has it.
	s, err := Start(t.Context(), Config{Catalog: catalog.New(newStore(t), nil), Addr: "198.51.100.77:0"})
	if err == nil {
		closeServer(t, s)
		t.Fatal("listens on an address of nobody")
	}
	if !strings.Contains(err.Error(), "dashboard-address") {
		t.Errorf("%v does not say what to do", err)
	}
	for _, addr := range []string{"nonsense", "127.0.0.1:http", "127.0.0.1:99999"} {
		if s, err := Start(t.Context(), Config{Catalog: catalog.New(newStore(t), nil), Addr: addr}); err == nil {
			closeServer(t, s)
			t.Errorf("listens on %s", addr)
		}
	}
}

func TestCloseEndsStreamsAtOnce(t *testing.T) {
	store, m := newStore(t), newManual()
	s := serve(t, Config{Catalog: catalog.New(store, nil), clock: m.clock()})
	run := staged(t, store, "op")
	status := listenTo(t, s, "/api/events")
	output := listenTo(t, s, "/api/runs/"+run.ID+"/events")
	status.snapshot()
	output.output()
	begun := time.Now()
	closeServer(t, s)
	closeServer(t, s) // closing again does nothing
	if d := time.Since(begun); d > 5*time.Second {
		t.Errorf("took %v", d)
	}
	for _, l := range []*listener{status, output} {
		if e := l.next(); e.name != "closing" {
			t.Errorf("%+v", e)
		}
		if e, ok := <-l.events; ok {
			t.Errorf("after the end: %+v", e)
		}
	}
	if c, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(s.URL(), "http://"), "/status")); err == nil {
		c.Close()
		t.Error("still listens")
	}
}

func TestContextEndsTheServer(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s, err := Start(ctx, Config{Catalog: catalog.New(newStore(t), nil), Addr: "127.0.0.1:0"})
	must(t, err)
	l := listenTo(t, s, "/api/events")
	l.snapshot()
	cancel()
	if e := l.next(); e.name != "closing" {
		t.Errorf("%+v", e)
	}
	closeServer(t, s)
}

// A connection without a request, as browsers open in advance, does not delay the end.
func TestCloseWithAnIdleConnection(t *testing.T) {
	s := serve(t, Config{Catalog: catalog.New(newStore(t), nil)})
	c, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(s.URL(), "http://"), "/status"))
	must(t, err)
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second) // net/http itself would wait for 5 s
	defer cancel()
	if err := s.Close(ctx); err != nil {
		t.Error(err)
	}
}

func TestCloseGivesUpWithItsContext(t *testing.T) {
	s := serve(t, Config{Catalog: catalog.New(newStore(t), nil)})
	s.poller.loops.Add(1) // simulates a look that hangs
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Close(ctx); err == nil {
		t.Error("closed")
	}
	s.poller.loops.Done()
}

func TestNoisyClientsAreLoggedForDebugging(t *testing.T) {
	var text strings.Builder
	w := debugWriter{zerolog.New(&text).Level(zerolog.InfoLevel)}
	_, err := w.Write([]byte("http: TLS handshake error"))
	must(t, err)
	if text.Len() > 0 {
		t.Errorf("logged: %s", text.String())
	}
	w = debugWriter{zerolog.New(&text)}
	_, err = w.Write([]byte("http: TLS handshake error"))
	must(t, err)
	if !strings.Contains(text.String(), `"level":"debug"`) {
		t.Errorf("logged: %s", text.String())
	}
}
