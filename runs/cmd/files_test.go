package cmd

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree makes files below dir; a name that ends in a slash is a directory, "a -> b" a link.
func tree(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		link, target, isLink := strings.Cut(name, " -> ")
		path := filepath.Join(dir, link)
		parent := filepath.Dir(path)
		if strings.HasSuffix(name, "/") {
			parent = path
		}
		if err := os.MkdirAll(parent, 0o777); err != nil {
			t.Fatal(err)
		}
		var err error
		switch {
		case isLink:
			err = os.Symlink(target, path)
		case !strings.HasSuffix(name, "/"):
			err = os.WriteFile(path, []byte(name), 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestPathPattern(t *testing.T) {
	dir := t.TempDir()
	tree(t, dir, "src/deep/x", "src/deep/.y", ".conf/top", ".conf/sub/i", ".conf/.in/k")
	found, err := walk(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	everything := ".conf .conf/.in .conf/.in/k .conf/sub .conf/sub/i .conf/top src src/deep src/deep/.y src/deep/x"
	tests := []struct {
		pattern string
		hidden  bool
		want    string
	}{
		{"", false, "src src/deep src/deep/x"},
		{"", true, everything},
		{".conf", true, ".conf .conf/.in .conf/.in/k .conf/sub .conf/sub/i .conf/top"},
		{"src", false, "src src/deep src/deep/x"},
		{"src/", false, "src src/deep src/deep/x"},
		{"./src", false, "src src/deep src/deep/x"},
		{"sr", false, ""},
		{"src/deep", false, "src/deep src/deep/x"},
		{"src/deep/x", false, "src/deep/x"},
		{"src/none", false, ""},
		{".conf", false, ".conf .conf/sub .conf/sub/i .conf/top"},
		{".conf/sub", false, ".conf/sub .conf/sub/i"},
		{".conf/.in", false, ".conf/.in .conf/.in/k"},
		{"*", false, "src src/deep src/deep/x"},
		{"*", true, everything},
		{"src/*", false, "src/deep src/deep/x"},
		{"s*", true, "src src/deep src/deep/.y src/deep/x"},
		{".c*", false, ".conf .conf/sub .conf/sub/i .conf/top"},
		{".c*/.i*", false, ".conf/.in .conf/.in/k"},
		{"*/*/[w-y]", false, "src/deep/x"},
		{"[", false, ""},
	}
	for _, tt := range tests {
		pattern := newPathPattern(tt.pattern)
		var got []string
		for _, f := range found {
			if pattern.match(f.path, tt.hidden) {
				got = append(got, f.path)
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%q, hidden %v: %q, want %q", tt.pattern, tt.hidden, got, tt.want)
		}
	}
}

func TestWalkLinks(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	tree(t, outside, "x", "sub/y")
	tree(t, dir, "a/b", "a/up -> ..", "a/self -> .", "far -> "+outside, "file -> a/b", "broken -> nowhere")
	paths := func(follow bool) []string {
		found, err := walk(dir, follow)
		if err != nil {
			t.Fatal(err)
		}
		var paths []string
		for _, f := range found {
			if f.dir {
				f.path += "/"
			}
			paths = append(paths, f.path)
		}
		return paths
	}
	want := []string{"a/", "a/b", "a/self/", "a/up/", "broken", "far/", "file"}
	if got := paths(false); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	want = []string{"a/", "a/b", "a/self/", "a/up/", "broken", "far/", "far/sub/", "far/sub/y", "far/x", "file"}
	if got := paths(true); !slices.Equal(got, want) {
		t.Errorf("following links: got %q, want %q", got, want)
	}
}
