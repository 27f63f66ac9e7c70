package runfiles

import (
	"slices"
	"testing"

	"guild/runs/runstest"
)

func TestListLinks(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	runstest.Tree(t, outside, "x", "sub/y")
	runstest.Tree(t, dir, "a/b", "a/up -> ..", "a/self -> .", "far -> "+outside, "file -> a/b", "broken -> nowhere")
	paths := func(follow bool) []string {
		found, err := List(dir, follow)
		if err != nil {
			t.Fatal(err)
		}
		var paths []string
		for _, f := range found {
			if f.Dir {
				f.Path += "/"
			}
			paths = append(paths, f.Path)
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

func TestSize(t *testing.T) {
	dir := t.TempDir()
	runstest.Tree(t, dir, "a", "b/cde", "b/f/", "b/link -> cde") // each file contains its name
	want := int64(len("a") + len("b/cde") + len("cde"))
	if size, err := Size(dir); err != nil || size != want {
		t.Errorf("%d, %v, want %d", size, err, want)
	}
	if size, err := Size(dir + "/none"); err != nil || size != 0 {
		t.Errorf("of no directory: %d, %v", size, err)
	}
}

func TestIsGuilds(t *testing.T) {
	for path, want := range map[string]bool{".guild": true, ".guild/attrs/x": true, ".guildx": false, "a/.guild": false} {
		if got := IsGuilds(path); got != want {
			t.Errorf("%s: %t", path, got)
		}
	}
}
