package source

import "testing"

func TestIgnorePatterns(t *testing.T) {
	list := parseIgnore("# none\n\n*.log\n!keep.log\n/top.txt\nbuild/\ndocs/*.md\n**/cache\na/**/z\n\\#odd\nsp \n")
	tests := []struct {
		path string
		dir  bool
		want bool
	}{
		{"x.log", false, true},
		{"d/x.log", false, true},
		{"d/keep.log", false, false},
		{"top.txt", false, true},
		{"d/top.txt", false, false},
		{"build", true, true},
		{"d/build", true, true},
		{"build", false, false},
		{"docs/a.md", false, true},
		{"docs/d/a.md", false, false},
		{"d/docs/a.md", false, false},
		{"cache", true, true},
		{"d/e/cache", true, true},
		{"a/z", false, true},
		{"a/b/c/z", false, true},
		{"a/b/c", false, false},
		{"#odd", false, true},
		{"sp", false, true},
		{"other", false, false},
	}
	for _, tt := range tests {
		if got := list.ignores(false, tt.path, tt.dir); got != tt.want {
			t.Errorf("%s (dir %v): ignored is %v", tt.path, tt.dir, got)
		}
	}
}

func FuzzIgnore(f *testing.F) {
	f.Add("**/a\n!b/\n[", "x/a/b")
	f.Fuzz(func(_ *testing.T, patterns, path string) {
		if len(patterns) < 1<<10 {
			parseIgnore(patterns).ignores(false, path, true)
		}
	})
}
