package cmd

import (
	"strings"
	"testing"

	"guild/runs/runfiles"
	"guild/runs/runstest"
)

func TestPathPattern(t *testing.T) {
	dir := t.TempDir()
	runstest.Tree(t, dir, "src/deep/x", "src/deep/.y", ".conf/top", ".conf/sub/i", ".conf/.in/k")
	found, err := runfiles.List(dir, false)
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
			if pattern.match(f.Path, tt.hidden) {
				got = append(got, f.Path)
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%q, hidden %v: %q, want %q", tt.pattern, tt.hidden, got, tt.want)
		}
	}
}
