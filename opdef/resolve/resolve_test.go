package resolve

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef"
	"guild/opdef/configfile"
	"guild/opdef/resource"
	"guild/runs/pyyaml"
	"guild/runs/replace"
	"guild/runs/unpack"
)

// world is a project, a run directory and the messages of the resolver.
type world struct {
	*Resolver
	t    *testing.T
	said []string
}

func newWorld(t *testing.T, files ...string) *world {
	t.Helper()
	root := t.TempDir()
	w := &world{t: t}
	w.Resolver = &Resolver{
		RunDir: filepath.Join(root, "run"), Project: filepath.Join(root, "project"), CmdDir: filepath.Join(root, "project"),
		Cache: filepath.Join(root, "cache"), Say: func(line string) { w.said = append(w.said, line) },
		FindRun: func([]string, string) (Run, error) { return Run{}, errors.New("no suitable run") },
		Import:  func(context.Context, string) error { return errors.New("no module") },
	}
	if err := os.MkdirAll(w.Project, 0o777); err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(files); i += 2 {
		w.write(files[i], files[i+1])
	}
	if err := os.MkdirAll(filepath.Join(w.RunDir, ".guild"), 0o777); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) write(rel, content string) {
	w.t.Helper()
	path := filepath.Join(w.Project, rel)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		w.t.Fatal(err)
	}
}

// resolve resolves resources written as in a guild.yml.
func (w *world) resolve(requires string) (map[string]any, []Entry, error) {
	w.t.Helper()
	v, err := pyyaml.Decode([]byte(requires))
	if err != nil {
		w.t.Fatal(err)
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var resources []resource.Resource
	for _, item := range list {
		r, err := resource.Parse(item, "")
		if err != nil {
			w.t.Fatal(err)
		}
		resources = append(resources, r)
	}
	done := map[string]any{}
	entries, err := w.Resolve(w.t.Context(), resources, done)
	return done, entries, err
}

// files lists the files of the run, with their types.
func (w *world) files() []string {
	w.t.Helper()
	var out []string
	err := filepath.WalkDir(w.RunDir, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(w.RunDir, path)
		switch {
		case err != nil:
			return err
		case rel == ".guild":
			if left, _ := filepath.Glob(filepath.Join(path, replace.Prefix+"*")); len(left) > 0 {
				w.t.Errorf("what was being made is left: %v", left)
			}
			return fs.SkipDir
		case d.Type()&fs.ModeSymlink != 0:
			target, _ := os.Readlink(path)
			out = append(out, rel+" -> "+target)
		case !d.IsDir():
			data, err := os.ReadFile(path)
			out = append(out, rel+" = "+string(data))
			return err
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func TestFiles(t *testing.T) {
	project := []string{"a.txt", "A", "d/b.txt", "B", "d/c-1.bin", "C1", "d/c-10.bin", "C10", "d/c-9.bin", "C9", "d/e/f.txt", "F"}
	tests := []struct {
		name, requires string
		vals           opdef.Values
		want           []string
		err            string
	}{
		{"copy", "file: a.txt", nil, []string{"a.txt = A"}, ""},
		{"link", "{file: a.txt, target-type: link}", nil, []string{"a.txt -> ../project/a.txt"}, ""},
		{"directory", "{file: d, rename: d in, target-path: x}", nil, []string{"x/in/b.txt = B", "x/in/c-1.bin = C1",
			"x/in/c-10.bin = C10", "x/in/c-9.bin = C9", "x/in/e/f.txt = F"}, ""},
		{"select", "{file: d, select: '.*\\.txt'}", nil, []string{"b.txt = B", "f.txt = F"}, ""},
		{"select directory", "{file: d, select: [e, b.txt]}", nil, []string{"b.txt = B", "e/f.txt = F"}, ""},
		{"select whole paths", "{file: d, select: b, warn-if-empty: no}", nil, nil, ""},
		{"largest number", "{file: d, select-max: 'c-(\\d+).bin'}", nil, []string{"c-10.bin = C10"}, ""},
		{"least number", "{file: d, select-min: 'c-(\\d+).bin'}", nil, []string{"c-1.bin = C1"}, ""},
		{"preserve path", "{file: d/e/f.txt, preserve-path: yes}", nil, []string{"d/e/f.txt = F"}, ""},
		{"rename by group", `{file: d/c-9.bin, rename: [x y, {pattern: '(\w)-(\d)', repl: '\2\g<1>'}]}`, nil, []string{"9c.bin = C9"}, ""},
		{"rename by flag", "{file: a.txt, rename: 'a ${to}'}", opdef.Values{"to": "z"}, []string{"z.txt = A"}, ""},
		{"path by flag", "file: '${n}.txt'", opdef.Values{"n": "a"}, []string{"a.txt = A"}, ""},
		{"flag in place of it", "{file: a.txt, flag-name: in}", opdef.Values{"in": "d/b.txt"}, []string{"b.txt = B"}, ""},
		{"of a resource", "{target-path: t, sources: [a.txt, {file: d/b.txt, path: u}]}", nil,
			[]string{"t/a.txt = A", "u/b.txt = B"}, ""},
		{"there already", "[{file: a.txt}, {file: d/b.txt, rename: b a}]", nil, []string{"a.txt = A"}, ""},
		{"replaced", "[{file: a.txt}, {file: d/b.txt, rename: b a, replace-existing: yes}]", nil, []string{"a.txt = B"}, ""},
		{"optional", "[{file: no.txt, optional: yes}, {file: a.txt}]", nil, []string{"a.txt = A"}, ""},
		{"sha256", "{file: a.txt, sha256: 559AEAD08264D5795D3909718CDD05ABD49572E84FE55590EEF31A88A08FDFFD}", nil,
			[]string{"a.txt = A"}, ""},

		{"missing", "file: no.txt", nil, nil, "could not resolve 'file:no.txt' in file:no.txt resource: cannot find source file 'no.txt'"},
		{"help", "{file: no.txt, help: get it}", nil, nil, "cannot find source file 'no.txt' (get it)"},
		{"missing by flag", "{file: a.txt, flag-name: in}", opdef.Values{"in": "zz"}, nil, "project/zz does not exist"},
		{"other sha256", "{file: a.txt, sha256: abc}", nil, nil, "unexpected sha256 (expected abc but got 559aead0"},
		{"empty", "{file: d, select: x, fail-if-empty: yes}", nil, nil, "nothing resolved for file:d"},
		{"unknown flag", "file: '${x}'", nil, nil, "undefined reference 'x'"},
		{"unknown flag of rename", "{file: a.txt, rename: 'a ${x}'}", nil, nil, "error renaming source a.txt ('a' -> '${x}')"},
		{"absolute target", "{file: a.txt, target-path: /tmp}", nil, nil, "path must be relative"},
		{"outside", "{file: a.txt, target-path: ../x}", nil, nil, "not within the files of the run"},
		{"guild's own", "{file: a.txt, target-path: .guild/attrs}", nil, nil, "not within the files of the run"},
		{"pattern", "{file: d, select: '['}", nil, nil, "select '['"},
		{"module", "module: m", nil, nil, "no module"},
		{"run", "operation: m", nil, nil, "no suitable run"},
		{"config of no known kind", "config: a.txt", nil, nil, "unsupported file type"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, project...)
			w.Values = tt.vals
			_, _, err := w.resolve(tt.requires)
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("error is %v, want %q", err, tt.err)
			}
			if diff := cmp.Diff(tt.want, w.files()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRecords(t *testing.T) {
	w := newWorld(t, "a.txt", "A", "d/b.txt", "B")
	up := filepath.Join(filepath.Dir(w.RunDir), "up")
	if err := os.MkdirAll(filepath.Join(up, "out", "deep"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(up, "copied.txt"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	w.FindRun = func(ops []string, spec string) (Run, error) {
		if strings.Join(ops, "|") != "prep-1|other" || spec != "abc" {
			t.Errorf("asked for %q of %v", spec, ops)
		}
		return Run{ID: "abcdef", Dir: up, Generated: func() ([]string, error) { return []string{"out"}, nil }}, nil
	}
	w.Values = opdef.Values{"n": 1, "data": "abc"}
	done, entries, err := w.resolve("[{file: a.txt, name: first}, {file: d, target-type: link}, {operation: 'prep-${n}, other', name: data}]")
	if err != nil {
		t.Fatal(err)
	}
	wantDone := map[string]any{
		"first":  map[string]any{"first": map[string]any{"uri": "file:a.txt", "paths": []any{"../project/a.txt"}}},
		"file:d": map[string]any{"file:d": map[string]any{"uri": "file:d", "paths": []any{"../project/d"}}},
		"data": map[string]any{"data": map[string]any{"uri": "operation:prep-${n}, other", "config": "abcdef",
			"paths": []any{"../up/out"}}},
	}
	if diff := cmp.Diff(wantDone, done); diff != "" {
		t.Error(diff)
	}
	wantEntries := []Entry{
		{"a.txt", "6dcd4ce23d88e2ee9568ba546c007c63d9131c1b", []string{"file:a.txt"}},
		{"d", "-", []string{"file:d"}},
		{"out", "-", []string{"operation:prep-${n}, other"}},
	}
	if diff := cmp.Diff(wantEntries, entries); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a.txt = A", "d -> ../project/d", "out -> ../up/out"}, w.files()); diff != "" {
		t.Error(diff)
	}
	wantSaid := []string{"Resolving first", "Resolving file:d", "Resolving data", "Using run abcdef for data"}
	if diff := cmp.Diff(wantSaid, w.said); diff != "" {
		t.Error(diff)
	}
}

func TestForceAndAgain(t *testing.T) {
	w := newWorld(t, "a.txt", "A")
	w.Force = true
	done, _, err := w.resolve("[{file: no.txt}, {file: a.txt}]")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(w.said, func(s string) bool { return strings.HasPrefix(s, "WARNING: a dependency was not met") }) {
		t.Errorf("said %q", w.said)
	}
	res, err := resource.Parse(map[string]any{"file": "a.txt"}, "")
	if err != nil {
		t.Fatal(err)
	}
	w.said = nil
	if _, err := w.Resolve(t.Context(), []resource.Resource{res}, done); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Resolving file:a.txt", "Skipping resolution of file:a.txt because it's already resolved"}, w.said); diff != "" {
		t.Error(diff)
	}
}

func TestConfig(t *testing.T) {
	yml := "a: 1\nb: {c: 2, d.e: x}\n"
	tests := []struct {
		name, file, content, requires, want string
	}{
		{"yaml", "c.yml", yml, "config: c.yml", "c.yml = a: 5\nb:\n  c: 6\n  d.e: 'y'\nnew:\n  x: 7\nsplit:\n- 1\n- u v\n"},
		{"json and .in", "c.json.in", `{"a": 1.0, "b": {"c": 2}}`, "{config: c.json.in, params: {a: 3, p: null}}",
			`c.json = {"a": 5, "b": {"c": 6, "d": {"e": "y"}}, "new": {"x": 7}, "p": null, "split": [1, "u v"]}`},
		{"ini", "c.ini", "# x\n[DEFAULT]\na = 1\n[b]\nc: 2\nt = one\n two\nyes = on\n", "config: c.ini",
			"c.ini = [DEFAULT]\na = 1\nsplit = [1, 'u v']\n\n[b]\nc = 6\nd = {'e': 'y'}\nt = one\n\ttwo\nyes = True\n\n[new]\nx = 7\n\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, tt.file, tt.content)
			w.Values = opdef.Values{"a": 5, "b.c": 6, "b.d.e": "y", "n": 7, "none": nil, "split": "1 'u v'"}
			w.Flags = map[string]opdef.CommandFlag{"n": {ArgName: "new.x"}, "split": {ArgSplit: "shlex"}}
			if tt.name == "ini" {
				delete(w.Values, "a")
			}
			done, _, err := w.resolve(tt.requires)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{tt.want}, w.files()); diff != "" {
				t.Error(diff)
			}
			for _, res := range done {
				for _, src := range res.(map[string]any) {
					if p := src.(map[string]any)["paths"].([]any)[0].(string); !strings.HasPrefix(p, ".guild/generated/") {
						t.Errorf("made as %s", p)
					}
				}
			}
		})
	}
	for _, bad := range []string{"[1]", "a: [", "a: 1: 2"} {
		w := newWorld(t, "c.yml", bad)
		if _, _, err := w.resolve("config: c.yml"); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func tarball(t *testing.T, compress bool, headers ...tar.Header) string {
	t.Helper()
	var b bytes.Buffer
	tw := tar.NewWriter(&b)
	for _, h := range headers {
		content := h.Gname
		h.Gname, h.Mode = "", 0o644
		if h.Typeflag == 0 {
			h.Typeflag, h.Size = tar.TypeReg, int64(len(content))
		}
		if err := tw.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			if _, err := tw.Write([]byte(content)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := tw.Close(); err != nil {
		t.Fatal(err)
	}
	if !compress {
		return b.String()
	}
	return zipped(t, b.String())
}

func zipped(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestArchives(t *testing.T) {
	var z bytes.Buffer
	zw := zip.NewWriter(&z)
	for _, name := range []string{"dir/", "dir/a.txt", "b.txt"} {
		f, err := zw.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(name, "/") {
			if _, err := f.Write([]byte(name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	plain := tarball(t, false, tar.Header{Name: "./a.txt", Gname: "A"}, tar.Header{Name: "l", Typeflag: tar.TypeSymlink, Linkname: "a.txt"},
		tar.Header{Name: "out", Typeflag: tar.TypeSymlink, Linkname: "../../x"})
	w := newWorld(t, "z.zip", z.String(), "t.tar", plain, "t.tgz", tarball(t, true, tar.Header{Name: "c/d.txt", Gname: "D"}),
		"g.txt.gz", zipped(t, "G"), "evil.tar", tarball(t, false, tar.Header{Name: "../evil.txt", Gname: "E"}))
	_, entries, err := w.resolve(`
- file: z.zip
- {file: t.tar, target-path: tar}
- {file: t.tgz, select: 'c/.*'}
- file: g.txt.gz
- {sources: [{file: z.zip, name: z, rename: z kept}], default-unpack: no}`)
	if err != nil {
		t.Fatal(err)
	}
	got := w.files()
	want := []string{"b.txt = b.txt", "d.txt = D", "dir/a.txt = dir/a.txt", "g.txt = G", "kept.zip = " + z.String(), "tar/a.txt = A", "tar/l = A"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"file:t.tgz", "c/d.txt"}, entries[4].Source); diff != "" {
		t.Error(diff)
	}
	if _, _, err := w.resolve("file: evil.tar"); err == nil || !strings.Contains(err.Error(), "cannot be unpacked") {
		t.Errorf("an archive that leads out of itself: %v", err)
	}
	w.write("z.zip", "broken")
	if _, _, err := w.resolve("file: z.zip"); err == nil {
		t.Error("an archive that is broken by now was taken from the cache")
	}
}

// TestHostileTar unpacks an archive with links that lead out of it only through other links.
func TestHostileTar(t *testing.T) {
	link := func(name, target string) tar.Header {
		return tar.Header{Name: name, Typeflag: tar.TypeSymlink, Linkname: target}
	}
	w := newWorld(t, "t.tar", tarball(t, false, tar.Header{Name: "a/b/c/x", Gname: "X"}, link("a/b/c/here", "../../.."),
		link("secret", "a/b/c/here/../../../../project/secret"), link("host", "a/b/c/here/../../../../../../../../etc/hostname"),
		link("good", "a/b/c/x")), "secret", "secret")
	if _, _, err := w.resolve("file: t.tar"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a/b/c/x = X", "good = X"}, w.files()); diff != "" {
		t.Error(diff)
	}
	if said := strings.Join(w.said, "\n"); !strings.Contains(said, "WARNING: the link secret in") || !strings.Contains(said, "WARNING: the link host in") {
		t.Errorf("%s", said)
	}
}

func TestUnpackLimit(t *testing.T) {
	w := newWorld(t, "t.tgz", tarball(t, true, tar.Header{Name: "a", Gname: strings.Repeat("x", 5000)}))
	t.Setenv(unpack.BytesVariable, "4000")
	if _, _, err := w.resolve("file: t.tgz"); err == nil || !strings.Contains(err.Error(), "holds more than 4000 bytes") ||
		!strings.Contains(err.Error(), unpack.BytesVariable) {
		t.Errorf("%v", err)
	}
	t.Setenv(unpack.BytesVariable, "6000")
	if _, _, err := w.resolve("file: t.tgz"); err != nil {
		t.Error(err)
	}
}

// TestLinkedTarget: nothing is put into a directory to which a link in the run leads.
func TestLinkedTarget(t *testing.T) {
	w := newWorld(t, "data/own", "own", "x.txt", "x")
	if _, _, err := w.resolve("- {file: data, target-type: link}\n- {file: x.txt, target-path: data}"); err == nil ||
		!strings.Contains(err.Error(), "cannot be put into 'data' of the run") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(filepath.Join(w.Project, "data", "x.txt")); err == nil {
		t.Error("it is in the project")
	}
}

func TestURL(t *testing.T) {
	served := 0
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		served++
		if r.URL.Path != "/data/a.txt" {
			http.NotFound(rw, r)
			return
		}
		_, _ = rw.Write([]byte("A"))
	}))
	defer srv.Close()
	w := newWorld(t)
	w.Values = opdef.Values{"host": srv.URL}
	address := srv.URL + "/data/a.txt"
	if _, _, err := w.resolve("{url: '${host}/data/a.txt', sha256: abc}"); err == nil || !strings.Contains(err.Error(), "bad sha256") {
		t.Errorf("another file than wanted: %v", err)
	}
	for _, name := range []string{"a", "b"} {
		if _, _, err := w.resolve("{url: '" + address + "', rename: a " + name + "}"); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"a.txt = A", "b.txt = A"}, w.files()); diff != "" {
		t.Error(diff)
	}
	if served != 2 {
		t.Errorf("served %d times: once for the wrong digest, once for the cache", served)
	}
	const sumOfA = "559aead08264d5795d3909718cdd05abd49572e84fe55590eef31a88a08fdffd"
	for _, cache := range []string{w.Cache, t.TempDir()} {
		file, sum, err := Download(t.Context(), cache, address)
		if content, readErr := os.ReadFile(file); err != nil || sum != sumOfA || readErr != nil || string(content) != "A" {
			t.Errorf("%s %q: %v, %v", sum, content, err, readErr)
		}
	}
	if served != 3 {
		t.Errorf("served %d times: once more for the cache that was empty", served)
	}
	for bad, want := range map[string]string{
		srv.URL + "/no.txt": "404",
		srv.URL:             "names no file",
		"ftp://h/x":         "no address that begins",
	} {
		if _, _, err := w.resolve("url: '" + bad + "'"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	srv.Close()
	if _, _, err := w.resolve("{url: '" + srv.URL + "/other.txt'}"); err == nil || !strings.Contains(err.Error(), "cannot get") {
		t.Errorf("a server that is away: %v", err)
	}
}

// TestFileURL: an address of this machine names the file as it is now, which is not copied to the cache.
func TestFileURL(t *testing.T) {
	w := newWorld(t, "data/a b.txt", "A")
	dir := filepath.ToSlash(filepath.Join(w.Project, "data"))
	w.Values = opdef.Values{"dir": dir}
	address := "file://" + dir + "/a%20b.txt"
	if _, _, err := w.resolve("{url: 'file://localhost${dir}/a%20b.txt', rename: 'a b'}"); err != nil {
		t.Fatal(err)
	}
	w.write("data/a b.txt", "B")
	if _, _, err := w.resolve("{url: '" + address + "', target-path: now}"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"b b.txt = A", "now/a b.txt = B"}, w.files()); diff != "" {
		t.Error(diff)
	}
	if file, sum, err := Download(t.Context(), w.Cache, address); file != dir+"/a b.txt" || len(sum) != 64 || err != nil {
		t.Errorf("%s %q, %v", sum, file, err)
	}
	if _, err := os.Stat(filepath.Join(w.Cache, "resources")); err == nil {
		t.Error("it is in the cache")
	}
	for bad, want := range map[string]string{
		"{url: '" + address + "', sha256: abc}": "unexpected sha256",
		"{url: 'file://" + dir + "/no.txt'}":    "cannot find the file that",
		"{url: 'file://" + dir + "'}":           "is a directory; require it as 'file: ",
		"{url: 'file://data/a.txt'}":            "names no file of this machine",
		"{url: 'file:a.txt'}":                   "names no file of this machine",
	} {
		if _, _, err := w.resolve(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestPostProcess(t *testing.T) {
	w := newWorld(t, "d/a.txt", "A")
	for range 2 {
		if _, _, err := w.resolve("{file: d, select: .*, post-process: 'cat a.txt a.txt\n  >> b.txt', replace-existing: yes}"); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"a.txt = A", "b.txt = AA"}, w.files()); diff != "" {
		t.Error(diff)
	}
	if _, _, err := w.resolve("{file: d, post-process: 'echo so >&2; false'}"); err == nil || !strings.HasSuffix(err.Error(), "exit status 1") {
		t.Errorf("a command that fails: %v", err)
	}
	if last := w.said[len(w.said)-1]; last != "so" {
		t.Errorf("said %q of what the command prints", last)
	}
}

// FuzzINI decodes what was encoded.
func FuzzINI(f *testing.F) {
	f.Add("[a]\nb = 1\n c\n# d\n[DEFAULT]\nx: yes\n")
	f.Fuzz(func(t *testing.T, text string) {
		conf, err := configfile.Decode("x.ini", []byte(text))
		if err != nil {
			return
		}
		if _, err := encodeINI(conf); err != nil {
			t.Error(err)
		}
	})
}
