package access

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestCleanBasePath(t *testing.T) {
	for in, want := range map[string]string{"": "", "/": "", "x": "/x", "/user/ada/guild/": "/user/ada/guild", "/a//b": "/a/b"} {
		if got, err := CleanBasePath(in); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"http://host/x", "/a?b", "/a#b", "/../x", "/a;b", `/a\b`, "/%zz"} {
		if got, err := CleanBasePath(in); err == nil {
			t.Errorf("%q is %q", in, got)
		}
	}
}

func TestAllowedHost(t *testing.T) {
	g := &Guard{Allow: []string{"hub.example"}, Hostname: "node1", Addrs: func() []netip.Addr { return nil }}
	h := g.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for _, tt := range []struct {
		host, origin string
		want         int
	}{
		{"hub.example", "", 200},
		{"HUB.example:443", "", 200},
		{"hub.example", "https://hub.example", 200},
		{"hub.example", "http://hub.example", 200},
		{"hub.example", "https://other.example", 403},
		{"other.example", "", 403},
		{"localhost", "https://localhost", 403},
	} {
		r := httptest.NewRequest(http.MethodGet, "/status", nil)
		r.Host = tt.host
		if tt.origin != "" {
			r.Header.Set("Origin", tt.origin)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != tt.want {
			t.Errorf("%+v: %d", tt, w.Code)
		}
	}
}
