package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"guild/runs/catalog"
)

// Behind a proxy the page is below a path, which the proxy may or may not remove.
func TestBasePath(t *testing.T) {
	s := newServer(t.Context(), Config{Catalog: catalog.New(world(t), nil), Open: true, clock: newManual().clock(), BasePath: "/user/ada"})
	t.Cleanup(func() {
		s.end()
		s.poller.wait()
	})
	for _, tt := range []struct {
		target, to string
		want       int
	}{
		{"/user/ada", "ada/status", 302},
		{"/user/ada/", "status", 302},
		{"/user/ada/status", "", 200},
		{"/user/ada/static/dist/guild.css", "", 200},
		{"/user/ada/api/runs", "", 200},
		{"/status", "", 200},
		{"/user/adam/status", "", 404},
	} {
		w := get(t, s, http.MethodGet, tt.target)
		if w.Code != tt.want || w.Header().Get("Location") != tt.to {
			t.Errorf("%s: %d, %q", tt.target, w.Code, w.Header().Get("Location"))
		}
	}
}

func TestAnswersAreCompressed(t *testing.T) {
	s := offline(t, world(t))
	for _, tt := range []struct {
		target, accepts string
		want            bool
	}{
		{"/static/dist/guild.css", "br, gzip", true},
		{"/static/dist/guild.css", "gzip;q=0", false},
		{"/static/dist/guild.css", "", false},
		{"/api/compare", "gzip", true},
		{"/api/runs/a/files?dir=nowhere", "gzip", false}, // too small
	} {
		plain := get(t, s, http.MethodGet, tt.target)
		w := get(t, s, http.MethodGet, tt.target, "Accept-Encoding", tt.accepts)
		if got := w.Header().Get("Content-Encoding") == "gzip"; got != tt.want {
			t.Errorf("%s for %q: compressed %v", tt.target, tt.accepts, got)
			continue
		}
		if !strings.Contains(w.Header().Get("Vary"), "Accept-Encoding") {
			t.Errorf("%s: Vary %q", tt.target, w.Header().Get("Vary"))
		}
		if !tt.want {
			continue
		}
		z, err := gzip.NewReader(w.Body)
		must(t, err)
		data, err := io.ReadAll(z)
		must(t, err)
		if !bytes.Equal(data, plain.Body.Bytes()) {
			t.Errorf("%s: another content", tt.target)
		}
	}
}

// maxStatic is the most bytes that a browser loads on its first visit, compressed.
const maxStatic = 80 << 10

func TestStaticFilesAreSmall(t *testing.T) {
	files, err := assets()
	must(t, err)
	all := 0
	for name, f := range files {
		if !strings.HasSuffix(name, "LICENSE") { // pages do not load it
			all += len(f.gzip)
		}
	}
	t.Logf("%d files, %d bytes compressed", len(files), all)
	if all > maxStatic {
		t.Errorf("the static files have %d bytes, compressed; %d are the most", all, maxStatic)
	}
}
