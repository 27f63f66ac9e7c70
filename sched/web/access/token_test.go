package access

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"guild/runs"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// strange is a handler to which all connections are a stranger's.
func strange(token string) http.Handler {
	return New(token, "").Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) }))
}

func TestToken(t *testing.T) {
	a := New("secret", "")
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

func TestTokenOfAHome(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	store := runs.Open(t.TempDir())
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
