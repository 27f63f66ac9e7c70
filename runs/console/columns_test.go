package console

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestColumns(t *testing.T) {
	for line, want := range map[string]int{
		"":                     0,
		"plain":                5,
		"é":                    1,
		"e\u0301":              1, // an e and an accent
		"模型":                   4,
		"🚀 x":                  4,
		"👩\u200d💻":             2, // two joined emoji
		"…":                    1,
		"ﾊﾝｶｸ":                 4, // half-width letters
		"lr=0.1 学習率=1e-3 done": 23,
	} {
		if got := Columns(line); got != want {
			t.Errorf("%q: %d columns, want %d", line, got, want)
		}
	}
}

func TestCutMiddle(t *testing.T) {
	for _, tt := range []struct {
		line    string
		columns int
		want    string
	}{
		{"abcdef", 6, "abcdef"},
		{"abcdefg", 6, "abc…fg"},
		{"abcdefg", 5, "ab…fg"},
		{"abcdefg", 2, "a…"},
		{"abcdefg", 1, "…"},
		{"abcdefg", 0, ""},
		{"ab cdefgh ij", 6, "ab…ij"},
		{"模型模型模型", 12, "模型模型模型"},
		{"模型模型模型", 11, "模型…模型"},
		{"模型模型模型", 8, "模型…型"},
		{"模型模型模型", 6, "模…型"},
		{"模型模型模型", 3, "…"},
	} {
		got := CutMiddle(tt.line, tt.columns)
		if got != tt.want {
			t.Errorf("%q in %d columns: %q, want %q", tt.line, tt.columns, got, tt.want)
		}
	}
}

// FuzzCutMiddle: the result fits, is valid, and begins and ends like the line.
func FuzzCutMiddle(f *testing.F) {
	f.Add("模型 lr=0.1 👩\u200d💻 e\u0301", 7)
	f.Add("plain text", 3)
	f.Fuzz(func(t *testing.T, text string, columns int) {
		line := Line(text)
		columns %= 200
		got := CutMiddle(line, columns)
		if n := Columns(got); n > max(0, columns) {
			t.Fatalf("%q in %d columns: %q takes %d", line, columns, got, n)
		}
		if !utf8.ValidString(got) {
			t.Fatalf("%q is not valid", got)
		}
		left, right, cut := strings.Cut(got, "…")
		if cut && !strings.Contains(line, "…") && (!strings.HasPrefix(line, left) || !strings.HasSuffix(line, right)) {
			t.Fatalf("%q in %d columns: %q", line, columns, got)
		}
	})
}
