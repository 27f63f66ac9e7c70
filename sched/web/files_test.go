package web

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guild/runs"
	"guild/sched/web/reply"
)

// runWithFiles makes a run with files of all kinds, and a secret outside of the run in its home.
func runWithFiles(t *testing.T) (*runs.Store, *runs.Run) {
	t.Helper()
	store := newStore(t)
	d := draft(t, store, "train", map[string]any{"env": map[string]any{"PASSWORD": "hunter2"}})
	run, err := d.Commit(runs.Completed)
	must(t, err)
	for name, text := range map[string]string{
		"train.py": "print('é')\n", "model.bin": "\x00\x01", "plot.png": "\x89PNG", "page.html": "<script>alert(1)</script>",
		"v.svg": "<svg/>", "sub/log 10.txt": "ten", "sub/log 9.txt": "nine", "sub/deep/x": "", ".hidden": "h", ".conf/x": "h",
	} {
		must(t, os.MkdirAll(filepath.Dir(run.Path(name)), 0o777))
		must(t, os.WriteFile(run.Path(name), []byte(text), 0o666))
	}
	secret := filepath.Join(store.Home(), "secret")
	must(t, os.WriteFile(secret, []byte("s3cret"), 0o666))
	for name, target := range map[string]string{
		"inside": "train.py", "outside": secret, "above": "../../secret", "environment": ".guild/attrs/env", "dir": "sub", "attrs": ".guild/attrs",
		"gone": "nothing", "root": "/",
	} {
		must(t, os.Symlink(target, run.Path(name)))
	}
	must(t, os.WriteFile(run.GuildPath("manifest"), []byte("s train.py 123 train.py\nd sub 456 file:sub\n"), 0o666))
	return store, run
}

func TestListFiles(t *testing.T) {
	store, run := runWithFiles(t)
	s := offline(t, store)
	list := func(dir string) string {
		var lines []string
		for _, f := range decode[Files](t, get(t, s, http.MethodGet, "/api/runs/"+run.ID+"/files?dir="+dir)).Files {
			line := f.Name
			if f.Directory {
				line += "/"
			}
			for _, word := range []string{f.Kind, f.Media} {
				if word != "" {
					line += " " + word
				}
			}
			if f.Target != "" && !strings.HasPrefix(f.Target, "/") {
				line += " >" + f.Target
			}
			if f.Closed {
				line += " closed"
			}
			lines = append(lines, line)
		}
		return strings.Join(lines, "\n")
	}
	want := `sub/ dependency
above generated >../../secret closed
attrs generated >.guild/attrs closed
dir generated >sub closed
environment generated >.guild/attrs/env
gone generated >nothing closed
inside generated >train.py
model.bin generated
outside generated closed
page.html generated
plot.png generated image
root generated closed
train.py sourcecode
v.svg generated image`
	if got := list(""); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := list("sub"); got != "deep/\nlog 9.txt dependency\nlog 10.txt dependency" {
		t.Errorf("sub: %s", got)
	}
	for dir, want := range map[string]int{
		".guild": 403, "sub/../.guild": 403, ".conf": 403, "..": 404, "/": 404, "sub/../..": 404, "nothing": 404, "root": 403, "dir": 403, "above": 403,
		"train.py": 403, "a%00b": 403,
	} {
		if w := get(t, s, http.MethodGet, "/api/runs/"+run.ID+"/files?dir="+dir); w.Code != want || decode[reply.Error](t, w).Error == "" {
			t.Errorf("%s: %d, want %d: %s", dir, w.Code, want, w.Body)
		}
	}
}

func TestServeFiles(t *testing.T) {
	store, run := runWithFiles(t)
	s := offline(t, store)
	for _, tt := range []struct {
		path string
		code int
		kind string // media type of the response
		save bool   // browsers are told to save it
	}{
		{"train.py", 200, "text/plain; charset=utf-8", false},
		{"train.py?download", 200, "text/plain; charset=utf-8", true},
		{"sub/log%2010.txt", 200, "text/plain; charset=utf-8", false},
		{"sub/deep/x", 200, "text/plain; charset=utf-8", false},
		{"inside", 200, "text/plain; charset=utf-8", false},
		{"dir/log%209.txt", 200, "text/plain; charset=utf-8", false},
		{"plot.png", 200, "image/png", false},
		{"v.svg", 200, "image/svg+xml", false},
		{"page.html", 200, "text/html; charset=utf-8", false},
		{"model.bin", 200, "application/octet-stream", true},
		{"outside", 403, "", false},
		{"above", 403, "", false},
		{"root/etc/hostname", 403, "", false},
		{"environment", 403, "", false},
		{"attrs/env", 403, "", false},
		{".guild/attrs/env", 403, "", false},
		{".guild%2fattrs%2fenv", 403, "", false},
		{".hidden", 403, "", false},
		{".conf/x", 403, "", false},
		{"..%2f..%2fsecret", 404, "", false},
		{"sub%2f..%2f..%2f..%2fsecret", 404, "", false},
		{"%2fetc%2fhostname", 404, "", false},
		{"sub", 403, "", false},
		{"gone", 404, "", false},
		{"nothing", 404, "", false},
		{"a%00b", 403, "", false},
	} {
		w := get(t, s, http.MethodGet, "/api/runs/"+run.ID+"/files/"+tt.path)
		if w.Code != tt.code || strings.Contains(w.Body.String(), "s3cret") || strings.Contains(w.Body.String(), "hunter2") {
			t.Errorf("%s: %d, want %d: %s", tt.path, w.Code, tt.code, w.Body)
		}
		h := w.Header()
		if tt.code == 200 && (h.Get("Content-Type") != tt.kind || strings.HasPrefix(h.Get("Content-Disposition"), "attachment") != tt.save) {
			t.Errorf("%s: %s, %q", tt.path, h.Get("Content-Type"), h.Get("Content-Disposition"))
		}
		csp := h.Get("Content-Security-Policy")
		if tt.code == 200 && (!strings.HasPrefix(csp, "sandbox; default-src 'none';") || strings.Contains(csp, "script") || h.Get("X-Content-Type-Options") != "nosniff") {
			t.Errorf("%s may do too much: %q", tt.path, csp)
		}
	}
}

func TestServeParts(t *testing.T) {
	store, run := runWithFiles(t)
	w := get(t, offline(t, store), http.MethodGet, "/api/runs/"+run.ID+"/files/train.py", "Range", "bytes=1-3")
	if w.Code != http.StatusPartialContent || w.Body.String() != "rin" || !strings.HasSuffix(w.Header().Get("Content-Range"), "/12") {
		t.Errorf("%d, %q, %s", w.Code, w.Body, w.Header().Get("Content-Range"))
	}
}

func TestNameOfDownload(t *testing.T) {
	store, run := runWithFiles(t)
	must(t, os.WriteFile(run.Path(`a "b" é;.bin`), []byte{0}, 0o666))
	w := get(t, offline(t, store), http.MethodGet, "/api/runs/"+run.ID+"/files/a%20%22b%22%20%C3%A9%3B.bin")
	if got := w.Header().Get("Content-Disposition"); got != `attachment; filename*=UTF-8''a%20%22b%22%20%C3%A9%3B.bin` {
		t.Error(got)
	}
}

func TestIsText(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "plain": true, "é": true, "\xff\xfe": false, "a\x00b": false, strings.Repeat("x", 4<<10-1) + "é": true,
		strings.Repeat("x", 4<<10-3) + "\xff\xff\xff": false,
	} {
		if got := isText(strings.NewReader(text)); got != want {
			t.Errorf("%d bytes %.9q: %v", len(text), text, got)
		}
	}
}

// The list of a directory with very many files is cut.
func TestManyFiles(t *testing.T) {
	store := newStore(t)
	run, err := draft(t, store, "op", nil).Commit(runs.Completed)
	must(t, err)
	for i := range maxFiles + 3 {
		must(t, os.WriteFile(run.Path("f"+strings.Repeat("x", i%50)+string(rune('a'+i%26))+strings.Repeat("y", i/50)), nil, 0o666))
	}
	entries, err := os.ReadDir(run.Dir)
	must(t, err)
	got := decode[Files](t, get(t, offline(t, store), http.MethodGet, "/api/runs/"+run.ID+"/files"))
	if len(got.Files) != maxFiles || got.More != len(entries)-1-maxFiles {
		t.Errorf("%d files and %d more of %d", len(got.Files), got.More, len(entries)-1)
	}
}
