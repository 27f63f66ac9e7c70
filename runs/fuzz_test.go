package runs

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"guild/runs/process"
)

// edited returns a run of which one file has the given content.
func edited(t *testing.T, data []byte, name ...string) (*Store, *Run) {
	t.Helper()
	s := Open(t.TempDir())
	r := s.run("edited")
	if err := os.MkdirAll(r.GuildPath("attrs"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(r.GuildPath(name...), data, 0o666); err != nil {
		t.Fatal(err)
	}
	return s, r
}

// sane checks what holds for any run, however damaged.
func sane(t *testing.T, s *Store, r *Run) {
	t.Helper()
	state := r.State()
	if !slices.Contains(Statuses[:], state.Status) {
		t.Errorf("status %q", state.Status)
	}
	if _, err := r.Inspect(); err != nil {
		t.Error(err)
	}
	if list, err := s.List(); err != nil || len(list) != 1 {
		t.Errorf("list %v, %v", list, err)
	}
}

func FuzzStatusFile(f *testing.F) {
	for _, s := range Statuses {
		f.Add([]byte(s + "\n"))
	}
	f.Add([]byte("\xff\x00 running"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := parseStatus(data)
		if s != "" && !slices.Contains(Statuses[:], s) || s != "" && string(s) != strings.TrimSpace(string(data)) {
			t.Errorf("%q is %q", data, s)
		}
	})
}

func FuzzLockFile(f *testing.F) {
	f.Add([]byte("boot: b\nhost: h\npid: 1\nsince: 5\nstart: '1'\nclaim: x.y\nnonce: n\n"))
	f.Add([]byte("12345"))
	f.Add([]byte("host: &a [*a]\npid: -1\n"))
	f.Add([]byte("host: h\npid: 9223372036854775807\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		o, ok := decodeOwner(data)
		if ok != (o.Host != "") || !ok && o != (Owner{}) || o.Alive() && o.PID <= 0 {
			t.Errorf("%q is %+v, %v", data, o, ok)
		}
		if !ok || !utf8.Valid(data) {
			return
		}
		again, err := o.encode()
		if got, ok := decodeOwner(again); err != nil || !ok || got != o {
			t.Errorf("%+v is written as %q, %v, which is %+v", o, again, err, got)
		}
	})
}

func FuzzStopFile(f *testing.F) {
	f.Add([]byte("host: h\npid: 1\ntime: 5\nforce: yes\n"))
	f.Add([]byte("[1, {a: b}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if req := parseStop(data); req.Force && !strings.Contains(string(data), "force") {
			t.Errorf("%q is %+v", data, req)
		}
	})
}

// Everything that reads files copes with damaged ones.
func TestEditedFiles(t *testing.T) {
	for _, data := range []string{"", "wombat", "running", "\xff\x00", "a: [", "&a [*a]", "- 1", "{x: {y: .inf}}", "host: h\npid: -1\n", "12345"} {
		for _, name := range []string{"status", "LOCK", "opref", "manifest", "attrs/started", "attrs/flags", "attrs/id"} {
			s, r := edited(t, []byte(data), filepath.FromSlash(name))
			sane(t, s, r)
		}
		_, r := edited(t, []byte(data), "stop")
		if _, ok := r.StopRequested(); !ok {
			t.Errorf("a stop file with %q is no request", data)
		}
	}
}

func FuzzAttrFile(f *testing.F) {
	for _, text := range []string{"1700000000000000\n", "[a, 1]", "- body: b\n  time: 5\n", "{x: {y: .inf}}", "true", "a: [", "&a [*a]", "-0x7fffffffffffffff"} {
		f.Add([]byte(text))
	}
	names := []string{"started", "stopped", "exit_status", "label", "tags", "comments", "flags", "marked", "id"}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, r := edited(t, data, "attrs", names[0])
		for _, name := range names[1:] {
			if err := os.WriteFile(r.attrPath(name), data, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		sane(t, s, r)
		if r.deletedID() == "" || At(r.Dir).ID == "" {
			t.Error("no id")
		}
	})
}

func FuzzMarker(f *testing.F) {
	f.Add("a.b", []byte("1700000000000000"))
	f.Add(".a", []byte("x"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		s := Open(t.TempDir())
		dir, err := s.StagedDir()
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(name, "/\x00") || os.WriteFile(filepath.Join(dir, name), data, 0o666) != nil {
			return // no file can have this name
		}
		markers, err := s.Staged(nil)
		if err != nil || len(markers) > 1 || len(markers) == 1 && markers[0].ID != name {
			t.Errorf("%v, %v", markers, err)
		}
	})
}

func FuzzTempName(f *testing.F) {
	f.Add(process.TempName("x"))
	f.Add(".tmp-host-1-0123456789abcdef-1-x")
	f.Fuzz(func(t *testing.T, name string) {
		if maker, _, _ := process.MakerOf(name); maker.Dead() && maker.Elsewhere() {
			t.Errorf("%q is of another system", name)
		}
		if id := draftID(filepath.Join("/", name)); !IsName(id) {
			t.Errorf("%q is a draft of %q", name, id)
		}
	})
}
