package web

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

type vendored struct {
	name, version, integrity string
	files                    map[string]vendoredFile // by their path here
}

type vendoredFile struct{ sum, there string }

func readVendored(t *testing.T) []*vendored {
	t.Helper()
	data, err := os.ReadFile("vendored.txt")
	must(t, err)
	var list []*vendored
	for lines := bufio.NewScanner(strings.NewReader(string(data))); lines.Scan(); {
		words := strings.Fields(lines.Text())
		switch {
		case len(words) == 5 && words[0] == "package":
			list = append(list, &vendored{words[1], words[2], words[4], map[string]vendoredFile{}})
		case len(words) == 4 && words[0] == "file":
			list[len(list)-1].files[words[2]] = vendoredFile{words[1], words[3]}
		case len(words) > 0 && words[0] != "#" && !strings.HasPrefix(words[0], "#"):
			t.Errorf("vendored.txt: %q", lines.Text())
		}
	}
	return list
}

// TestVendoredFiles checks that the vendored files are exactly those listed in vendored.txt, each with its licence beside it.
func TestVendoredFiles(t *testing.T) {
	named := map[string]bool{}
	for _, p := range readVendored(t) {
		licence := false
		for here, f := range p.files {
			named[here] = true
			licence = licence || f.there == "LICENSE"
			data, err := os.ReadFile(here)
			must(t, err)
			if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != f.sum {
				t.Errorf("%s is not the file of %s %s", here, p.name, p.version)
			}
		}
		if !licence {
			t.Errorf("%s has no licence", p.name)
		}
	}
	must(t, filepath.WalkDir("static/vendor", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !named[path] {
			t.Errorf("vendored.txt does not say what %s is", path)
		}
		return err
	}))
}

// TestVendoredFilesAreThoseOfThePackage compares the vendored files with the packages in the npm registry, if it is reachable.
func TestVendoredFilesAreThoseOfThePackage(t *testing.T) {
	if os.Getenv("GUILD_SLOW") == "" {
		t.Skip("asks the npm registry: GUILD_SLOW=1 runs it")
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Skip("npm is not installed")
	}
	for _, p := range readVendored(t) {
		dir := t.TempDir()
		pack := exec.CommandContext(t.Context(), npm, "pack", "--silent", p.name+"@"+p.version)
		pack.Dir = dir
		if out, err := pack.CombinedOutput(); err != nil {
			t.Skipf("the registry does not serve %s: %v %.200s", p.name, err, out)
		}
		archives, err := filepath.Glob(dir + "/*.tgz")
		must(t, err)
		data, err := os.ReadFile(archives[0])
		must(t, err)
		if sum := sha512.Sum512(data); "sha512-"+base64.StdEncoding.EncodeToString(sum[:]) != p.integrity {
			t.Errorf("%s %s is another package than the one that was vendored", p.name, p.version)
		}
		inside := sums(t, archives[0])
		for here, f := range p.files {
			if inside[f.there] != f.sum {
				t.Errorf("%s is not %s of %s %s", here, f.there, p.name, p.version)
			}
		}
	}
}

// sums returns the checksums of the files of a package.
func sums(t *testing.T, archive string) map[string]string {
	t.Helper()
	f, err := os.Open(archive)
	must(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	must(t, err)
	list := map[string]string{}
	for files := tar.NewReader(z); ; {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			return list
		}
		must(t, err)
		sum := sha256.New()
		_, err = io.Copy(sum, files)
		must(t, err)
		list[strings.TrimPrefix(h.Name, "package/")] = hex.EncodeToString(sum.Sum(nil))
	}
}
