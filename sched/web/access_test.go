package web

import (
	"bufio"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"guild/runs"
	"guild/runs/catalog"
	"guild/sched/web/access"
	"guild/sched/web/listen"
)

func readLine(t *testing.T, resp *http.Response) string {
	t.Helper()
	defer resp.Body.Close()
	line, err := bufio.NewReader(resp.Body).ReadString('\n')
	if line == "" {
		must(t, err)
	}
	return strings.TrimSpace(line)
}

func TestTokenIsNotLogged(t *testing.T) {
	var mu sync.Mutex
	var text strings.Builder
	s := serve(t, Config{Catalog: catalog.New(newStore(t), nil), LogRequests: true, Logger: zerolog.New(writer(func(b []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return text.Write(b)
	}))})
	resp, err := http.Get(s.Link())
	must(t, err)
	resp.Body.Close()
	mu.Lock()
	defer mu.Unlock()
	if !strings.Contains(text.String(), "/status?token=...") || strings.Contains(text.String(), strings.TrimPrefix(s.Link(), s.URL()+"?token=")) {
		t.Error(text.String())
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }

func TestLinks(t *testing.T) {
	store := newStore(t)
	if links, err := access.Links(store); err != nil || len(links) != 0 {
		t.Errorf("%q, %v", links, err)
	}
	s := serve(t, Config{Catalog: catalog.New(store, nil)})
	open := serve(t, Config{Catalog: catalog.New(store, nil), Open: true})
	must(t, os.WriteFile(store.Home()+"/dashboards"+"/killed", []byte(`{"url":"http://127.0.0.1:1/status"}`), 0o600))
	links, err := access.Links(store)
	must(t, err)
	if len(links) != 2 || !strings.Contains(strings.Join(links, " ")+" ", s.Link()+" ") || !strings.Contains(strings.Join(links, " ")+" ", open.URL()+" ") {
		t.Errorf("%q, want %s and %s", links, s.Link(), open.URL())
	}
	if !strings.HasPrefix(s.Link(), s.URL()+"?token=") {
		t.Errorf("link %s", s.Link())
	}
	closeServer(t, s)
	closeServer(t, open)
	if entries, err := os.ReadDir(store.Home() + "/dashboards"); err != nil || len(entries) != 0 {
		t.Errorf("left over: %v, %v", entries, err)
	}
}

// A dashboard also serves if the home cannot keep a token.
func TestHomeThatCannotBeWritten(t *testing.T) {
	file := t.TempDir() + "/file"
	must(t, os.WriteFile(file, nil, 0o666))
	s := serve(t, Config{Catalog: catalog.New(runs.Open(file+"/home"), nil)})
	if !strings.HasPrefix(s.Link(), s.URL()+"?token=") || len(s.Link()) < len(s.URL())+40 {
		t.Errorf("link %s", s.Link())
	}
}

// If there are too many idle connections, the oldest are closed, and other requests are answered.
func TestIdleConnectionsAreLimited(t *testing.T) {
	s := serve(t, Config{Catalog: catalog.New(newStore(t), nil)})
	limit := listen.ConnectionLimit()
	addr := strings.TrimSuffix(strings.TrimPrefix(s.URL(), "http://"), "/status")
	var idle []net.Conn
	for range limit + 20 {
		c, err := net.Dial("tcp", addr)
		must(t, err)
		defer c.Close()
		idle = append(idle, c)
	}
	resp, err := http.Get(s.URL())
	must(t, err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Error(resp.Status)
	}
	// The first connections were closed at once, long before the server's idle timeout.
	must(t, idle[0].SetReadDeadline(time.Now().Add(headerTimeout/2)))
	if _, err := idle[0].Read(make([]byte, 1)); err == nil || os.IsTimeout(err) {
		t.Errorf("the oldest connection: %v", err)
	}
}
