package words

import (
	"errors"
	"slices"
	"testing"
)

func TestSplit(t *testing.T) {
	tests := []struct {
		in   string
		want []string
	}{
		{"", nil},
		{" \t\n", nil},
		{"a  b\tc\n", []string{"a", "b", "c"}},
		{"'' x \"\"", []string{"", "x", ""}},
		{`'a b' "c d"`, []string{"a b", "c d"}},
		{`a\ b`, []string{"a b"}},
		{`it'"'"'s`, nil},
		{`'it'"'"'s'`, []string{"it's"}},
		{`"a\"b\\c\d"`, []string{`a"b\c\d`}},
		{`'a\b'`, []string{`a\b`}},
		{`x"y"'z'`, []string{"xyz"}},
		{"ä 'ö ü'", []string{"ä", "ö ü"}},
	}
	for _, tt := range tests {
		got, err := Split(tt.in)
		if tt.want == nil && tt.in == `it'"'"'s` {
			if !errors.Is(err, ErrUnclosed) {
				t.Errorf("%q: %q, %v", tt.in, got, err)
			}
			continue
		}
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%q: %q, %v; want %q", tt.in, got, err, tt.want)
		}
	}
	for _, in := range []string{`a\`, `"a`, `'a`} {
		if _, err := Split(in); !errors.Is(err, ErrUnclosed) {
			t.Errorf("%q: %v", in, err)
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
		if got := Quote(tt.in); got != tt.want {
			t.Errorf("Quote(%q) = %s, want %s", tt.in, got, tt.want)
		}
	}
	if got, want := Join([]string{"a", "b c", ""}), "a 'b c' ''"; got != want {
		t.Errorf("Join = %s, want %s", got, want)
	}
}

func FuzzQuote(f *testing.F) {
	f.Add("a b", "it's")
	f.Add("", `\"`)
	f.Fuzz(func(t *testing.T, a, b string) {
		got, err := Split(Join([]string{a, b}))
		if err != nil || !slices.Equal(got, []string{a, b}) {
			t.Errorf("%q, %q come back as %q, %v", a, b, got, err)
		}
	})
}

func TestPartial(t *testing.T) {
	tests := []struct {
		in     string
		want   []string
		before int
		quote  byte
	}{
		{"", []string{""}, 0, 0},
		{"a b", []string{"a", "b"}, 0, 0},
		{"a b ", []string{"a", "b", ""}, 0, 0},
		{`a x='b c`, []string{"a", "x=b c"}, 2, '\''},
		{`a "b\"c`, []string{"a", `b"c`}, 0, '"'},
		{`a 'b' c"d"e`, []string{"a", "b", "cde"}, 0, 0},
		{`a b\`, []string{"a", "b"}, 0, 0},
		{`a b\ c`, []string{"a", "b c"}, 0, 0},
	}
	for _, tt := range tests {
		got, before, quote := Partial(tt.in)
		if !slices.Equal(got, tt.want) || before != tt.before || quote != tt.quote {
			t.Errorf("%q: %q, %d, %q; want %q, %d, %q", tt.in, got, before, quote, tt.want, tt.before, tt.quote)
		}
	}
}
