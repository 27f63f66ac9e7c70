package access

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func testGuard(listen string) http.Handler {
	g := &Guard{Listen: listen, Hostname: "node1.cluster.example", URL: "http://127.0.0.1:8787/status",
		Addrs: func() []netip.Addr { return []netip.Addr{netip.MustParseAddr("192.168.1.189")} }}
	return g.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
}

func TestHost(t *testing.T) {
	h := testGuard("dash.example")
	for _, c := range []struct {
		host string
		want int
	}{
		{"127.0.0.1:8787", 200},
		{"127.0.0.1", 200},
		{"127.1.2.3:1", 200},
		{"[::1]:8787", 200},
		{"[::1]", 200},
		{"localhost:9000", 200}, // a tunnel
		{"LOCALHOST.:9000", 200},
		{"guild.localhost:8787", 200},
		{"node1:8787", 200},
		{"node1.cluster.example:8787", 200},
		{"node1.local", 200},
		{"dash.example:8787", 200},
		{"192.168.1.189:8787", 200},
		{"192.168.1.190:8787", 403},
		{"0.0.0.0:8787", 403},
		{"evil.example", 403},
		{"evil.example:8787", 403},
		{"node1.evil.example:8787", 403},
		{"127.0.0.1.evil.example", 403},
		{"localhost.evil.example", 403},
		{"", 403},
		{":8787", 403},
		{"[", 403},
	} {
		r := httptest.NewRequest(http.MethodGet, "/api/status", nil)
		r.Host = c.host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("Host %q: %d, want %d", c.host, w.Code, c.want)
		}
		if w.Code == 403 && !strings.Contains(w.Body.String(), "http://127.0.0.1:8787/status") {
			t.Errorf("Host %q: %q does not say where to go", c.host, w.Body)
		}
	}
}

func TestHostOfWildcard(t *testing.T) {
	for _, host := range []string{"0.0.0.0:8787", "[::]:8787", "evil.example"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		testGuard("0.0.0.0").ServeHTTP(w, r)
		if w.Code != 403 {
			t.Errorf("Host %q: %d, want 403", host, w.Code)
		}
	}
}

func TestForeignRequests(t *testing.T) {
	for _, c := range []struct {
		name, header, value, mode string
		want                      int
	}{
		{"own origin", "Origin", "http://localhost:8787", "", 200},
		{"other origin", "Origin", "http://evil.example", "", 403},
		{"other port", "Origin", "http://localhost:1", "", 403},
		{"no origin to tell", "Origin", "null", "", 403},
		{"own fetch", "Sec-Fetch-Site", "same-origin", "cors", 200},
		{"typed address", "Sec-Fetch-Site", "none", "navigate", 200},
		{"a link elsewhere", "Sec-Fetch-Site", "cross-site", "navigate", 200},
		{"an image elsewhere", "Sec-Fetch-Site", "cross-site", "no-cors", 403},
	} {
		r := httptest.NewRequest(http.MethodGet, "http://localhost:8787/status", nil)
		r.Header.Set(c.header, c.value)
		if c.mode != "" {
			r.Header.Set("Sec-Fetch-Mode", c.mode)
		}
		w := httptest.NewRecorder()
		testGuard("127.0.0.1").ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: %d, want %d", c.name, w.Code, c.want)
		}
	}
}

func TestMethodsAndHeaders(t *testing.T) {
	h := testGuard("127.0.0.1")
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, "http://localhost/api/status", nil))
		if w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %d, Allow %q", method, w.Code, w.Header().Get("Allow"))
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/status", strings.NewReader("body")))
	if w.Code != 400 {
		t.Errorf("a body: %d, want 400", w.Code)
	}
	w = httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodHead, "http://localhost/status", nil))
	if w.Code != 200 {
		t.Errorf("HEAD: %d", w.Code)
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Access-Control-Allow-Origin":  "",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	csp := w.Header().Get("Content-Security-Policy")
	if !strings.HasPrefix(csp, "default-src 'self';") || strings.Contains(csp, "unsafe") {
		t.Errorf("Content-Security-Policy: %q", csp)
	}
}
