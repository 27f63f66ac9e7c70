package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"guild/runs/catalog"
)

// acting returns a server without a network that records requested actions, with the header that authorises requests.
func acting(t *testing.T, cfg Config) (s *Server, asked *[]Action, cookie string) {
	t.Helper()
	asked = &[]Action{}
	cfg.clock = newManual().clock()
	cfg.Act = func(_ context.Context, a Action) (string, error) {
		*asked = append(*asked, a)
		if a.Do == "trash" {
			return "Run x is in use\n", errors.New("1 run(s) are in use")
		}
		return "did it\n", nil
	}
	s = newServer(t.Context(), cfg)
	t.Cleanup(func() {
		s.end()
		s.poller.wait()
	})
	if s.access == nil {
		return s, asked, ""
	}
	w := httptest.NewRecorder()
	s.handler("127.0.0.1").ServeHTTP(w, httptest.NewRequest(http.MethodGet, s.access.Link("http://localhost:8787/status"), nil))
	return s, asked, strings.Split(w.Header().Get("Set-Cookie"), ";")[0]
}

func TestActions(t *testing.T) {
	store := newStore(t)
	id := ended(t, store, "op", 0, later()).ID
	s, asked, cookie := acting(t, Config{Catalog: catalog.New(store, nil)})
	if cookie == "" {
		t.Fatal("the link gives no cookie")
	}
	const own = "http://localhost:8787"
	body := `{"do": "mark", "runs": ["` + id + `"]}`
	for _, c := range []struct {
		why, method, path, cookie, origin, kind, body string
		want                                          int
		has                                           string
	}{
		{"as a page sends it", "POST", "/api/actions", cookie, own, "application/json", body, 200, "did it"},
		{"without the token", "POST", "/api/actions", "", own, "application/json", body, 403, "guild view --link"},
		{"with another token", "POST", "/api/actions", cookie + "0", own, "application/json", body, 403, "guild view --link"},
		{"of another site", "POST", "/api/actions", cookie, "http://evil.example", "application/json", body, 403, "no other site"},
		{"of another port", "POST", "/api/actions", cookie, "http://localhost:1", "application/json", body, 403, "no other site"},
		{"of a file or sandbox", "POST", "/api/actions", cookie, "null", "application/json", body, 403, "no other site"},
		{"without an origin", "POST", "/api/actions", cookie, "", "application/json", body, 403, "Origin"},
		{"as a form", "POST", "/api/actions", cookie, own, "text/plain", body, 415, "application/json"},
		{"by GET", "GET", "/api/actions", cookie, own, "", "", 405, "POST"},
		{"elsewhere", "POST", "/api/status", cookie, own, "application/json", body, 405, "only reads"},
		{"what is no action", "POST", "/api/actions", cookie, own, "application/json", `{"do": "delete", "runs": ["` + id + `"]}`, 400, "no action"},
		{"no runs", "POST", "/api/actions", cookie, own, "application/json", `{"do": "mark", "runs": []}`, 400, "1 to 2000"},
		{"a part of an id", "POST", "/api/actions", cookie, own, "application/json", `{"do": "mark", "runs": ["` + id[:8] + `"]}`, 404, "nothing was done"},
		{"one that is gone", "POST", "/api/actions", cookie, own, "application/json", `{"do": "mark", "runs": ["` + id + `", "` + strings.Repeat("0", 32) + `"]}`, 404, "nothing was done"},
		{"a path", "POST", "/api/actions", cookie, own, "application/json", `{"do": "trash", "runs": ["../x"]}`, 404, "nothing was done"},
		{"no text", "POST", "/api/actions", cookie, own, "application/json", `{"do": "tag", "runs": ["` + id + `"]}`, 400, "needs a text"},
		{"no JSON", "POST", "/api/actions", cookie, own, "application/json", `do=mark`, 400, "read the action"},
		{"an unknown field", "POST", "/api/actions", cookie, own, "application/json", `{"do": "mark", "filter": "", "runs": ["` + id + `"]}`, 400, "unknown field"},
		{"half of it", "POST", "/api/actions", cookie, own, "application/json", `{"do": "trash", "runs": ["` + id + `"]}`, 409, `"output":"Run x is in use\n","error":"1 run(s) are in use"`},
	} {
		r := httptest.NewRequest(c.method, own+c.path, strings.NewReader(c.body))
		for name, v := range map[string]string{"Cookie": c.cookie, "Origin": c.origin, "Content-Type": c.kind} {
			if v != "" {
				r.Header.Set(name, v)
			}
		}
		before := len(*asked)
		w := httptest.NewRecorder()
		s.handler("127.0.0.1").ServeHTTP(w, r)
		if w.Code != c.want || !strings.Contains(w.Body.String(), c.has) {
			t.Errorf("%s: %d %s, want %d with %q", c.why, w.Code, w.Body, c.want, c.has)
		}
		if did := len(*asked) > before; did != (c.want == 200 || c.want == 409) {
			t.Errorf("%s: was done: %v", c.why, did)
		}
	}
}

// A dashboard that is read-only, or open to everybody, refuses actions and tells its pages so.
func TestActionsAreOff(t *testing.T) {
	store := newStore(t)
	id := ended(t, store, "op", 0, later()).ID
	open, asked, _ := acting(t, Config{Catalog: catalog.New(store, nil), Open: true})
	for name, s := range map[string]*Server{"read-only": offline(t, store), "open": open} {
		r := httptest.NewRequest(http.MethodPost, "http://localhost:8787/api/actions", strings.NewReader(`{"do": "mark", "runs": ["`+id+`"]}`))
		r.Header.Set("Origin", "http://localhost:8787")
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		s.handler("127.0.0.1").ServeHTTP(w, r)
		if w.Code != http.StatusMethodNotAllowed || len(*asked) > 0 {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if snap := decode[Snapshot](t, get(t, s, "GET", "/api/status")); snap.Actions {
			t.Errorf("%s: the page is told that it can act", name)
		}
	}
}
