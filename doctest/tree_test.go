package doctest

import (
	"regexp"
	"slices"
	"testing"
)

func TestNaturalCompare(t *testing.T) {
	sorted := []string{"", "1", "02", "2a", "10", "A", "a", "a1", "a1b2", "a1b10", "a02", "a10", "a.txt", "a/b", "b", "run-99999999999999999998", "run-99999999999999999999", "é"}
	for i := range sorted {
		for j := range sorted {
			if got := naturalCompare(sorted[i], sorted[j]); (got < 0) != (i < j) || (got > 0) != (i > j) {
				t.Errorf("comparing %q and %q gives %d", sorted[i], sorted[j], got)
			}
		}
	}
	if naturalCompare("a01", "a1") != 0 {
		t.Error("leading zeros make a difference")
	}
}

func TestGlob(t *testing.T) {
	tests := []struct {
		glob    string
		matches []string
		others  []string
	}{
		{"*.txt", []string{"a.txt", "a/b.txt", ".txt"}, []string{"a.txt2", "atxt"}},
		{"?", []string{"a", "é", "\n"}, []string{"", "ab"}},
		{"[ab]", []string{"a", "b"}, []string{"c", "[ab]"}},
		{"[!ab]", []string{"c"}, []string{"a", ""}},
		{"[]x]", []string{"]", "x"}, []string{"a"}},
		{"[^x]", []string{"^", "x"}, []string{"a"}},
		{"[a-c]", []string{"b"}, []string{"d", "-"}},
		{"[a", []string{"[a"}, []string{"a"}},
		{"a+(b).é", []string{"a+(b).é"}, []string{"aa(b).é", "a+(b)xé"}},
		{"", []string{""}, []string{"a"}},
	}
	for _, tt := range tests {
		re, err := regexp.Compile(globPattern(tt.glob))
		if err != nil {
			t.Errorf("%q: %v", tt.glob, err)
			continue
		}
		for _, text := range tt.matches {
			if !re.MatchString(text) {
				t.Errorf("%q does not match %q", tt.glob, text)
			}
		}
		for _, text := range tt.others {
			if re.MatchString(text) {
				t.Errorf("%q matches %q", tt.glob, text)
			}
		}
	}
}

func TestAlignColumns(t *testing.T) {
	got := alignColumns([][]string{{"a", "bb", "c"}, {"aaa", "", "é"}, {"é", "b", ""}})
	want := []string{"a    bb  c", "aaa      é", "é    b"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
