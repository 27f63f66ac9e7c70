package cmd

import (
	"strings"
	"testing"
)

func TestWithoutWords(t *testing.T) {
	for _, tt := range []struct{ text, part, want string }{
		{"a b c", "b", "a c"},
		{"a b c", "a b", "c"},
		{"ab b", "a", "ab b"},
		{"b a b", "b", "a"},
		{"a b", "a  b", ""},
		{"a b", "b c", "a b"},
		{"a b", "", "a b"},
		{"x='a b' y", "x='a b'", "y"},
		{"a.b", "a?b", "a.b"},
	} {
		if got := withoutWords(tt.text, tt.part); got != tt.want {
			t.Errorf("%q without %q: %q, want %q", tt.text, tt.part, got, tt.want)
		}
	}
}

func TestSyncLabel(t *testing.T) {
	for _, tt := range []struct{ label, gone, added, want string }{
		{"lr=1", "", "new hot", "new hot lr=1"},
		{"hot lr=1", "hot", "", "lr=1"},
		{"hot lr=1", "", "hot new", "new hot lr=1"},
		{"'a", "", "b b", "b 'a"},
		{"", "x", "", ""},
	} {
		if got := syncLabel(tt.label, strings.Fields(tt.gone), strings.Fields(tt.added)); got != tt.want {
			t.Errorf("%+v: %q", tt, got)
		}
	}
}
