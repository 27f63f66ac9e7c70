package screen

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestFit(t *testing.T) {
	for _, tt := range []struct {
		text  string
		width int
		want  string
	}{
		{"abc", 5, "abc  "}, {"abc", 3, "abc"}, {"abc", 2, "ab"}, {"äöü", 3, "äöü"}, {"äöü", 2, "äö"}, {"abc", 0, ""}, {"abc", -1, ""}, {"", 2, "  "},
		{"数据", 4, "数据"}, {"数据", 3, "数 "}, {"数据", 6, "数据  "}, {"a\u0301b", 2, "a\u0301b"}, {"👩‍🚀x", 3, "👩‍🚀x"},
		{"\x1b[31mred", 12, `\x1b[31mred `}, {"a\nb\tc", 9, `a\nb\tc  `}, {"\u202eab", 6, `\u202e`}, {"\xff", 4, `\xff`},
	} {
		got := Fit(tt.text, tt.width)
		if got != tt.want || ansi.StringWidth(got) != max(0, tt.width) {
			t.Errorf("%q in %d: %q, want %q", tt.text, tt.width, got, tt.want)
		}
	}
}

func FuzzFit(f *testing.F) {
	f.Add("数\x1b[2J\u202e", 3)
	f.Fuzz(func(t *testing.T, text string, width int) {
		width %= 1000
		got := Fit(text, width)
		if ansi.StringWidth(got) != max(0, width) {
			t.Errorf("%q in %d: %q has %d cells", text, width, got, ansi.StringWidth(got))
		}
		if strings.ContainsAny(got, "\x1b\n\r\t\u009b") {
			t.Errorf("%q: control characters in %q", text, got)
		}
	})
}

func TestTyped(t *testing.T) {
	text := ""
	for _, key := range []string{"a", "ä", "up", "backspace", "esc", "space", "数", "e\u0301", "backspace", "b", "ctrl+x", "\x1b"} {
		text = Typed(text, key)
	}
	if text != "a 数b" || Typed(text, "ctrl+u") != "" || Typed("", "backspace") != "" {
		t.Errorf("%q", text)
	}
	if got := Pasted("x ", "a\nb\x1b[31m \u202ec"); got != "x a b[31m c" {
		t.Errorf("pasted %q", got)
	}
}
