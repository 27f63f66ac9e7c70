package shell_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef/shell"
)

func TestSplit(t *testing.T) {
	tests := []struct {
		in   string
		want []string
	}{
		{"", nil},
		{" \t\n", nil},
		{"a b", []string{"a", "b"}},
		{"  a\n b\r\n", []string{"a", "b"}},
		{"'a b' c", []string{"a b", "c"}},
		{`a'b c'd`, []string{"ab cd"}},
		{`""`, []string{""}},
		{`'' x`, []string{"", "x"}},
		{`a\ b`, []string{"a b"}},
		{`"a \"b\" \n \\ \$x"`, []string{`a "b" \n \ $x`}},
		{`'a\b'`, []string{`a\b`}},
		{`${a} '${b} c'`, []string{"${a}", "${b} c"}},
		{"x=é", []string{"x=é"}},
		{"python -c 'import sys; sys.exit(1)'", []string{"python", "-c", "import sys; sys.exit(1)"}},
	}
	for _, tt := range tests {
		got, err := shell.Split(tt.in)
		if err != nil {
			t.Errorf("Split(%q): %v", tt.in, err)
			continue
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("Split(%q): %s", tt.in, d)
		}
	}
	for _, in := range []string{"'a", `"a`, `a\`, `"a\`, `"a\"`} {
		if words, err := shell.Split(in); !errors.Is(err, shell.ErrUnclosed) {
			t.Errorf("Split(%q) = %q, %v", in, words, err)
		}
	}
}

func TestQuote(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", "''"},
		{"foo", "foo"},
		{"/foo/bar", "/foo/bar"},
		{"a b", "'a b'"},
		{`\a`, `'\a'`},
		{"'a b'", `"'a b'"`},
		{"it's $5", `'it'"'"'s $5'`},
		{"~", "'~'"},
		{"*", "'*'"},
		{"x=1,2", "x=1,2"},
		{"né", "né"},
	}
	for _, tt := range tests {
		if got := shell.Quote(tt.in); got != tt.want {
			t.Errorf("Quote(%q) = %s, want %s", tt.in, got, tt.want)
		}
	}
	if got, want := shell.Join([]string{"a", "b c", ""}), "a 'b c' ''"; got != want {
		t.Errorf("Join = %s, want %s", got, want)
	}
}

func FuzzSplit(f *testing.F) {
	for _, s := range []string{"a b", "'", `\`, `"\`, "${a}", "'\"'\"'", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		words, err := shell.Split(s)
		if err == nil {
			again, err := shell.Split(shell.Join(words))
			if err != nil {
				t.Fatalf("words %q joined: %v", words, err)
			}
			if d := cmp.Diff(words, again); d != "" {
				t.Fatalf("words of %q: %s", s, d)
			}
		}
		one, err := shell.Split(shell.Quote(s))
		if err != nil || len(one) != 1 || one[0] != s {
			t.Fatalf("%q quoted reads back as %q, %v", s, one, err)
		}
	})
}
