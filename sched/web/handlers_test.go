package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"guild/runs"
	"guild/runs/catalog"
	"guild/sched/web/reply"
)

// get sends a request to the whole server, without a network.
func get(t *testing.T, s *Server, method, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, "http://localhost:8787"+target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.handler("127.0.0.1").ServeHTTP(w, r)
	return w
}

func decode[T any](t *testing.T, w *httptest.ResponseRecorder) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("%v in %q", err, w.Body)
	}
	return v
}

// offline returns a server without a network, whose poller ends with the test.
func offline(t *testing.T, store *runs.Store) *Server {
	t.Helper()
	s := newServer(t.Context(), Config{Catalog: catalog.New(store, nil), Open: true, clock: newManual().clock()})
	t.Cleanup(func() {
		s.end()
		s.poller.wait()
	})
	return s
}

func TestPaths(t *testing.T) {
	store := newStore(t)
	run := ended(t, store, "op", 0, later())
	write(t, run, "hello\n")
	must(t, os.WriteFile(store.Home()+"/secret", []byte("x"), 0o666))
	s := offline(t, store)
	for _, c := range []struct {
		target string
		want   int
		kind   string
	}{
		{"/", 302, ""},
		{"/status", 200, "text/html; charset=utf-8"},
		{"/status/", 404, "text/plain; charset=utf-8"},
		{"/static/dist/guild.js", 200, "text/javascript; charset=utf-8"},
		{"/static/dist/guild.css", 200, "text/css; charset=utf-8"},
		{"/static/icon.svg", 200, "image/svg+xml"},
		{"/static/", 404, ""},
		{"/static/nothing.js", 404, ""},
		{"/static/..%2fserver.go", 404, ""},
		{"/api/status", 200, "application/json; charset=utf-8"},
		{"/api/nothing", 404, "application/json; charset=utf-8"},
		{"/api/runs", 200, "application/json; charset=utf-8"},
		{"/api/runs/", 404, ""},
		{"/api/compare", 200, "application/json; charset=utf-8"},
		{"/api/runs/" + run.ID + "/files", 200, "application/json; charset=utf-8"},
		{"/api/runs/" + run.ID + "/files/", 403, ""},
		{"/api/runs/" + run.ID + "/files/nothing", 404, "application/json; charset=utf-8"},
		{"/api/runs/..%2fsecret/files/x", 404, ""},
		{"/api/runs/" + run.ID, 200, "application/json; charset=utf-8"},
		{"/api/runs/" + run.ShortID(), 404, ""},
		{"/api/runs/" + run.ID + "/output", 200, "application/json; charset=utf-8"},
		{"/api/runs/" + run.ID + "/output?offset=3&limit=2", 200, ""},
		{"/api/runs/" + run.ID + "/output?offset=-1", 400, ""},
		{"/api/runs/" + run.ID + "/output?offset=1e3", 400, ""},
		{"/api/runs/" + run.ID + "/output?limit=x", 400, ""},
		{"/api/runs/" + run.ID + "/events?offset=x", 400, ""},
		{"/api/runs/..", 301, ""}, // the mux redirects to the clean path
		{"/api/runs/%2e%2e", 404, ""},
		{"/api/runs/..%2f..%2fsecret", 404, ""},
		{"/api/runs/..%2f" + run.ID, 404, ""},
		{"/api/runs/.staged", 404, ""},
		{"/api/runs/.staged/output", 404, ""},
		{"/api/runs/%00/output", 404, ""},
		{"/api/runs/" + run.ID + "%2f..%2f" + run.ID + "/output", 404, ""},
		{"/api/runs//output", 301, ""},
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			w := get(t, s, method, c.target)
			// The mux redirects an unclean path with 301 or, in later versions, 307; neither reads anything.
			if redirect := w.Code == 301 || w.Code == 307; w.Code != c.want && (c.want != 301 || !redirect) {
				t.Errorf("%s %s: %d, want %d: %s", method, c.target, w.Code, c.want, w.Body)
			}
			if got := w.Header().Get("Content-Type"); c.kind != "" && got != c.kind {
				t.Errorf("%s %s: %q, want %q", method, c.target, got, c.kind)
			}
			if w.Code >= 400 && strings.HasPrefix(c.target, "/api/") && method == http.MethodGet && decode[reply.Error](t, w).Error == "" {
				t.Errorf("%s %s: no reason given in %q", method, c.target, w.Body)
			}
			if strings.HasPrefix(c.target, "/api/") && method == http.MethodHead && w.Code == 200 && w.Body.Len() > 0 {
				t.Errorf("HEAD %s: %d bytes", c.target, w.Body.Len())
			}
		}
	}
	if to := get(t, s, "GET", "/").Header().Get("Location"); to != "status" {
		t.Errorf("/ leads to %q", to)
	}
	for _, target := range []string{"/status", "/api/status", "/api/runs", "/api/compare", "/api/runs/" + run.ID, "/api/runs/" + run.ID + "/files/x"} {
		if w := get(t, s, "POST", target); w.Code != 405 {
			t.Errorf("POST %s: %d", target, w.Code)
		}
	}
}

func TestFilesAreAskedForAgain(t *testing.T) {
	s := offline(t, newStore(t))
	w := get(t, s, "GET", "/static/dist/guild.js")
	tag := w.Header().Get("ETag")
	if tag == "" || w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("ETag %q, Cache-Control %q", tag, w.Header().Get("Cache-Control"))
	}
	if w := get(t, s, "GET", "/static/dist/guild.js", "If-None-Match", tag); w.Code != 304 {
		t.Errorf("the same again: %d", w.Code)
	}
}

func TestStreamHead(t *testing.T) {
	store := newStore(t)
	run := ended(t, store, "op", 0, later())
	s := offline(t, store)
	for _, target := range []string{"/api/events", "/api/runs/" + run.ID + "/events"} {
		w := get(t, s, http.MethodHead, target)
		if w.Code != 200 || w.Body.Len() > 0 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream") {
			t.Errorf("HEAD %s: %d, %q, %q", target, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
	}
	if len(s.streams) != 0 {
		t.Errorf("%d places taken", len(s.streams))
	}
}

func TestTooManyStreams(t *testing.T) {
	s := offline(t, newStore(t))
	for range cap(s.streams) {
		s.streams <- struct{}{}
	}
	w := get(t, s, "GET", "/api/events")
	if w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
}

func TestDetail(t *testing.T) {
	store := newStore(t)
	d := draft(t, store, "train", map[string]any{
		"flags": map[string]any{"lr": 1e-5, "seed": 12345678901234567, "layers": []any{1, "a b"}, "opts": map[string]any{"x": true}, "none": nil},
		"env":   map[string]any{"PASSWORD": "hunter2"},
		"label": "first",
		"tags":  []any{"a", "b"},
		"big":   strings.Repeat("x", 2*maxAttr),
		"bad":   "fine",
	})
	run, err := d.Commit(runs.Staged)
	must(t, err)
	must(t, os.Symlink("/etc/hostname", run.GuildPath("attrs", "outside")))
	w := get(t, offline(t, store), "GET", "/api/runs/"+run.ID)
	if strings.Contains(w.Body.String(), "hunter2") {
		t.Error("the environment is shown")
	}
	got := decode[Detail](t, w)
	if got.Op != "train" || got.Status != "staged" || got.Label != "first" || got.Project != "/project" || got.ID != run.ID || got.Dir != run.Dir {
		t.Errorf("got %+v", got)
	}
	want := []Value{{"layers", "[1, a b]"}, {"lr", "1.0e-05"}, {"none", "null"}, {"opts", "{x: true}"}, {"seed", "12345678901234567"}}
	if len(got.Flags) != len(want) {
		t.Fatalf("flags: %v", got.Flags)
	}
	for i, v := range want {
		if got.Flags[i] != v {
			t.Errorf("flag %d: %v, want %v", i, got.Flags[i], v)
		}
	}
	attrs := make(map[string]string)
	for _, a := range got.Attributes {
		attrs[a.Name] = a.Value
	}
	if _, ok := attrs["outside"]; ok {
		t.Error("a link out of the run was followed")
	}
	if attrs["label"] != "first" || attrs["tags"] != "- a\n- b" || len(attrs["big"]) > maxAttr+len("…") {
		t.Errorf("label %q, tags %q, %d bytes of big", attrs["label"], attrs["tags"], len(attrs["big"]))
	}
}
