package web

import (
	"bufio"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"guild/runs"
	"guild/runs/catalog"
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

// strange is a handler to which all connections are a stranger's.
func strange(token string) http.Handler {
	return newAccess(token, "").wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) }))
}

func TestToken(t *testing.T) {
	a := newAccess("secret", "")
	cookie := func(name, value string) string { return name + "=" + value }
	for _, c := range []struct {
		target, cookie, site string
		want                 int
		to                   string
	}{
		{"/status", "", "", 403, ""},
		{"/status", cookie(a.cookie, "secret"), "", 204, ""},
		{"/status", cookie(a.cookie, "secreT"), "", 403, ""},
		{"/status", cookie(a.cookie, ""), "", 403, ""},
		{"/status", cookie("guild", "secret"), "", 403, ""},
		{"/status", cookie(a.cookie, "old") + "; " + cookie(a.cookie, "secret"), "", 204, ""},
		{"/status?token=secret", "", "", 303, "./status"},
		{"/status?token=secret&filter=a+b", "", "none", 303, "./status?filter=a+b"},
		{"/status?token=secre", "", "", 403, ""},
		{"/status?token=", "", "", 403, ""},
		{"/status?token=wrong&token=secret", "", "", 403, ""},
		{"/status?token=wrong", cookie(a.cookie, "secret"), "", 303, "./status"},
		{"//evil.example/?token=secret", "", "", 303, "./"},
		{"/javascript:alert?token=secret", "", "", 303, "./javascript:alert"},
		{"/status?token=secret", "", "cross-site", 200, "./status"},
	} {
		r := httptest.NewRequest(http.MethodGet, "http://localhost:8787/", nil)
		path, query, _ := strings.Cut(c.target, "?")
		r.URL.Path, r.URL.RawQuery = path, query
		if c.cookie != "" {
			r.Header.Set("Cookie", c.cookie)
		}
		if c.site != "" {
			r.Header.Set("Sec-Fetch-Site", c.site)
		}
		w := httptest.NewRecorder()
		strange("secret").ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s with %q: %d, want %d", c.target, c.cookie, w.Code, c.want)
		}
		if got := w.Header().Get("Location"); w.Code == 303 && got != c.to {
			t.Errorf("%s leads to %q, want %q", c.target, got, c.to)
		}
		if w.Code == 200 && !strings.Contains(w.Body.String(), `content="0;url=`+c.to+`"`) {
			t.Errorf("%s from another site: %s", c.target, w.Body)
		}
		set := w.Header().Get("Set-Cookie")
		valid := strings.Contains(c.target, "token=secret") && c.want != 403
		if valid != (set == a.cookie+"=secret; Path=/; HttpOnly; SameSite=Strict") || !valid && set != "" {
			t.Errorf("%s: cookie %q", c.target, set)
		}
	}
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
	if !strings.Contains(text.String(), "/status?token=...") || strings.Contains(text.String(), s.access.token) {
		t.Error(text.String())
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }

func TestTokenOfAHome(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	store := newStore(t)
	tokens := make([]string, 8)
	var all sync.WaitGroup
	for i := range tokens {
		all.Go(func() {
			var err error
			if tokens[i], err = Token(store); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, token := range tokens {
		if token != tokens[0] || len(token) != 2*tokenBytes {
			t.Errorf("tokens %q", tokens)
			break
		}
	}
	st, err := os.Stat(tokenPath(store))
	must(t, err)
	if st.Mode() != 0o600 {
		t.Errorf("mode %v", st.Mode())
	}
	if entries, err := os.ReadDir(store.Home()); err != nil || len(entries) != 1 {
		t.Errorf("left over: %v, %v", entries, err)
	}
	path := tokenPath(store)
	for what, spoil := range map[string]func() error{
		"readable": func() error { return os.Chmod(path, 0o640) },
		"short":    func() error { return os.WriteFile(path, []byte("abc"), 0o600) },
		"empty":    func() error { return os.WriteFile(path, nil, 0o600) },
		"link":     func() error { return os.Symlink("/dev/zero", path) },
		"fifo":     func() error { return syscall.Mkfifo(path, 0o600) },
	} {
		must(t, os.RemoveAll(path))
		if what == "readable" {
			must(t, os.WriteFile(path, []byte(tokens[0]), 0o600))
		}
		must(t, spoil())
		if token, err := Token(store); err == nil || token != "" || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %q, %v", what, token, err)
		}
	}
}

func TestLinks(t *testing.T) {
	store := newStore(t)
	if links, err := Links(store); err != nil || len(links) != 0 {
		t.Errorf("%q, %v", links, err)
	}
	s := serve(t, Config{Catalog: catalog.New(store, nil)})
	open := serve(t, Config{Catalog: catalog.New(store, nil), Open: true})
	must(t, os.WriteFile(announcementsDir(store)+"/killed", []byte(`{"url":"http://127.0.0.1:1/status"}`), 0o600))
	links, err := Links(store)
	must(t, err)
	if len(links) != 2 || !strings.Contains(strings.Join(links, " ")+" ", s.Link()+" ") || !strings.Contains(strings.Join(links, " ")+" ", open.URL()+" ") {
		t.Errorf("%q, want %s and %s", links, s.Link(), open.URL())
	}
	if !strings.HasPrefix(s.Link(), s.URL()+"?token=") {
		t.Errorf("link %s", s.Link())
	}
	closeServer(t, s)
	closeServer(t, open)
	if entries, err := os.ReadDir(announcementsDir(store)); err != nil || len(entries) != 0 {
		t.Errorf("left over: %v, %v", entries, err)
	}
}

// A home that cannot keep a token has a dashboard all the same.
func TestHomeThatCannotBeWritten(t *testing.T) {
	file := t.TempDir() + "/file"
	must(t, os.WriteFile(file, nil, 0o666))
	s := serve(t, Config{Catalog: catalog.New(runs.Open(file+"/home"), nil)})
	if !strings.HasPrefix(s.Link(), s.URL()+"?token=") || len(s.access.token) != 2*tokenBytes {
		t.Errorf("link %s", s.Link())
	}
}

// Connections that ask for nothing are closed when there are too many, the oldest first, and others are answered.
func TestIdleConnectionsAreLimited(t *testing.T) {
	s := serve(t, Config{Catalog: catalog.New(newStore(t), nil)})
	limit := connectionLimit()
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
	// The first ones were closed at once, long before the server would have given them up.
	must(t, idle[0].SetReadDeadline(time.Now().Add(headerTimeout/2)))
	if _, err := idle[0].Read(make([]byte, 1)); err == nil || os.IsTimeout(err) {
		t.Errorf("the oldest connection: %v", err)
	}
}

func TestConnections(t *testing.T) {
	c := newConnections(2)
	conns := make([]*closing, 4)
	for i := range conns {
		conns[i] = &closing{}
	}
	c.changed(conns[0], http.StateNew)
	c.changed(conns[0], http.StateActive)
	c.changed(conns[1], http.StateNew)
	c.changed(conns[2], http.StateNew) // one too many: the one that waits goes, not the one that is answered
	if conns[0].closed || !conns[1].closed || conns[2].closed {
		t.Errorf("%v %v %v", *conns[0], *conns[1], *conns[2])
	}
	c.changed(conns[1], http.StateClosed)
	c.changed(conns[2], http.StateActive)
	c.changed(conns[3], http.StateNew) // nobody waits
	if conns[0].closed || conns[2].closed || !conns[3].closed || len(c.all) != 2 || len(c.waiting) != 0 {
		t.Errorf("%v %v %v, %d and %d", *conns[0], *conns[2], *conns[3], len(c.all), len(c.waiting))
	}
}

type closing struct {
	net.Conn
	closed bool
}

func (c *closing) Close() error {
	c.closed = true
	return nil
}
