package invocation

import (
	"os"
	"path/filepath"
	"testing"
)

func TestImportsLibrary(t *testing.T) {
	base := t.TempDir()
	dir := func(names ...string) string {
		path := filepath.Join(append([]string{base}, names...)...)
		if err := os.MkdirAll(path, 0o777); err != nil {
			t.Fatal(err)
		}
		return path
	}
	library, empty, other, module := dir("lib"), dir("empty"), dir("other"), dir("module")
	dir("lib", "guild")
	dir("other", "guild")
	if err := os.WriteFile(filepath.Join(module, "guild.py"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		dir, path, library string
		want               bool
	}{
		{empty, "", library, true},
		{empty, joinPaths(empty, library), library, true},
		{empty, joinPaths(empty, other), library, false},
		{empty, joinPaths(module, library), library, false},
		{other, empty, library, false},
		{module, "", library, false},
		{empty, joinPaths(library, other), dir("newer"), false},
		{empty, "", dir("with:colon"), false},
	} {
		if got := importsLibrary(tt.dir, tt.path, tt.library); got != tt.want {
			t.Errorf("in %s, path %s: %v", tt.dir, tt.path, got)
		}
	}
}
