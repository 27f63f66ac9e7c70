package python

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// unpack writes the files of a wheel to a directory, as pip does, and returns their content.
func unpack(t *testing.T, wheel []byte, dir string) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(wheel), int64(len(wheel)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, files[f.Name], 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// TestWheel checks the record of a wheel, and imports from the wheel as from site-packages, with and without Guild AI.
func TestWheel(t *testing.T) {
	var first, again bytes.Buffer
	for _, w := range []io.Writer{&first, &again} {
		if err := WriteWheel(w, "1.2"); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), again.Bytes()) {
		t.Error("two wheels of one version differ")
	}
	site := t.TempDir()
	files := unpack(t, first.Bytes(), site)
	record := string(files["guild_run-1.2.dist-info/RECORD"])
	for name, data := range files {
		sum := sha256.Sum256(data)
		line := fmt.Sprintf("%s,sha256=%s,%d\n", name, base64.RawURLEncoding.EncodeToString(sum[:]), len(data))
		if strings.HasSuffix(name, "/RECORD") {
			line = name + ",,\n"
		}
		if !strings.Contains(record, line) {
			t.Errorf("the record lacks %s", line)
		}
		if strings.HasPrefix(name, "guild/") {
			t.Errorf("%s would replace the package of Guild AI", name)
		}
	}

	theirs := t.TempDir()
	if err := os.MkdirAll(filepath.Join(theirs, "guild"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(theirs, "guild", "__init__.py"), []byte("whose = 'theirs'\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	path, err := LibraryPath(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	const show = "; import guild, guild_run; print(getattr(guild, 'whose', 'ours'), callable(guild_run.log), guild.__name__)"
	for _, tt := range []struct{ name, setUp, want string }{
		{"the wheel", "site.addsitedir(%[1]q)", "ours True guild\n"},
		{"the wheel beside Guild AI", "sys.path.append(%[2]q); site.addsitedir(%[1]q)", "theirs True guild\n"},
		{"the path of operations", "sys.path.insert(1, %[3]q)", "ours True guild\n"},
		{"the path of operations and the wheel", "sys.path.insert(1, %[3]q); site.addsitedir(%[1]q)", "ours True guild\n"},
		{"the path of operations before Guild AI", "sys.path.insert(1, %[3]q); sys.path.append(%[2]q)", "theirs True guild\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code := strings.NewReplacer("%[1]q", fmt.Sprintf("%q", site), "%[2]q", fmt.Sprintf("%q", theirs), "%[3]q", fmt.Sprintf("%q", path)).Replace(tt.setUp)
			out, err := exec.Command("python3", "-c", "import sys, site; "+code+show).CombinedOutput()
			if err != nil || string(out) != tt.want {
				t.Errorf("%s, %v, want %s", out, err, tt.want)
			}
		})
	}
}

// TestLibraryAgain: a missing or truncated file of the packages is written again.
func TestLibraryAgain(t *testing.T) {
	cache := t.TempDir()
	dir, err := LibraryPath(cache)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "guild_run", "_cli.py")
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, whole[:10], 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "guild", "ipy.py")); err != nil {
		t.Fatal(err)
	}
	if again, err := LibraryPath(cache); err != nil || again != dir {
		t.Errorf("%s, %v", again, err)
	}
	if data, err := os.ReadFile(name); err != nil || !bytes.Equal(data, whole) {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if _, err := os.Stat(filepath.Join(dir, "guild", "ipy.py")); err != nil {
		t.Error(err)
	}
}
