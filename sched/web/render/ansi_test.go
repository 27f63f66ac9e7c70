package render

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPlain(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain\ttext\n", "plain\ttext\n"},
		{"\x1b[1;32mgreen\x1b[0m", "green"},
		{"\x1b[38:2::1:2:3mrgb\x1b[m", "rgb"},
		{"a\x1b[2Kb\x1b[1Ac", "abc"},
		{"10%\r20%\r\n", "10%\r20%\r\n"},
		{"\x1b]0;title\x07text", "text"},
		{"\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"},
		{"\x1b(Bascii\x1b)0", "ascii"},
		{"\x1b7saved\x1b8", "saved"},
		{"\x1b\x1b[1mx", "x"},
		{"bell\x07 back\x08space \x7f", "bell backspace "},
		{"\x1b[31", ""},
		{"\x1b]never closed\nnext", "never closed\nnext"},
		{"\x1b[1\nnext", "\nnext"},
		{"é — \xff ok", "é — \uFFFD ok"},
		{"\x1b]" + strings.Repeat("x", 2*maxSequence), strings.Repeat("x", 2*maxSequence)},
		{"", ""},
	} {
		if got := Plain([]byte(c.in)); got != c.want {
			t.Errorf("plain(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestIncomplete(t *testing.T) {
	for _, c := range []struct {
		in   string
		want int
	}{
		{"whole\n", 0},
		{"whole\x1b[0m", 0},
		{"a\x1b", 1},
		{"a\x1b[", 2},
		{"a\x1b[1;3", 5},
		{"a\x1b]0;tit", 7},
		{"a\x1b]0;tit\x1b", 8},
		{"a\x1b(", 2},
		{"é", 0},
		{"é"[:1], 1},
		{"a" + "€"[:2], 2},
		{"\xff", 0},
		{"", 0},
	} {
		if got := Incomplete([]byte(c.in)); got != c.want {
			t.Errorf("incomplete(%q) = %d, want %d", c.in, got, c.want)
		}
	}
}

// Where output is cut must not show.
func FuzzPlainInPieces(f *testing.F) {
	f.Add("\x1b[1;32mgreen\x1b[0m é\r\n\x1b]0;title\x07€", 7)
	f.Add("a\x1b]8;;http://x\x1b\\link", 12)
	f.Add("\x1b\x1b(\x1b", 2)
	f.Add("\x1b]0;\n\x1b", 3)
	f.Fuzz(func(t *testing.T, s string, at int) {
		if len(s) > maxSequence || at < 0 || at > len(s) {
			return
		}
		whole := Plain([]byte(s))
		if !utf8.ValidString(whole) || strings.ContainsRune(whole, esc) {
			t.Fatalf("plain(%q) = %q", s, whole)
		}
		cut := at - Incomplete([]byte(s[:at]))
		if got := Plain([]byte(s[:cut])) + Plain([]byte(s[cut:])); got != whole && utf8.ValidString(s) {
			t.Fatalf("%q cut at %d: %q, want %q", s, at, got, whole)
		}
	})
}

func TestSpans(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"no style", ""},
		{"a\x1b[1;31mb😀\x1b[0mc", "1: 3:b f1 1:"},
		{"\x1b[38;5;196mx\x1b[48;2;0;0;255my", "1:f9 1:f9 g12"},
		{"\x1b[92mx\x1b[39my", "1:f10 1:"},
		{"\x1b[4;7mx\x1b[24my\x1b[mz", "1:u v 1:v 1:"},
		{"\x1b[<script>mx", ""},
		{"\x1b[38;5mx\x1b[38;9;1my\x1b[999mz", ""},
		{"\x1b[38:2::255:0:0mx", "1:f9"},
	} {
		_, spans := new(Terminal).Text([]byte(tt.in))
		var words []string
		for _, s := range spans {
			words = append(words, fmt.Sprintf("%d:%s", s.Length, s.Class))
		}
		if got := strings.Join(words, " "); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.in, got, tt.want)
		}
	}
	// A style goes on in the next piece.
	var term Terminal
	term.Text([]byte("\x1b[31mred"))
	if _, spans := term.Text([]byte("still")); len(spans) != 1 || spans[0].Class != "f1" {
		t.Errorf("%v", spans)
	}
}
