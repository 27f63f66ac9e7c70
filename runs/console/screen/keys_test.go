package screen

import (
	"strings"
	"testing"
)

func TestDecode(t *testing.T) {
	for in, want := range map[string]string{
		"aä":                    "a ä",
		"\x1b[A\x1bOB\x1b[5~q":  "up down pgup q",
		"\x1b":                  "esc",
		"\x1b\x1b[C":            "esc right",
		"\r\n\t\x7f\x03\x1b[3~": "enter enter tab backspace ctrl-c delete",
		"\x1b[1;5Ax\x1b[200~y":  "x y",
		"\x1b[":                 "",
		"a\x00\u200bb\x1b[1~":   "a b home",
	} {
		keys, rest := decode([]byte(in))
		if got := strings.Join(keys, " "); got != want || len(rest) > 0 {
			t.Errorf("%q: %q, rest %q; want %q", in, got, rest, want)
		}
	}
	keys, rest := decode([]byte("a\xc3"))
	if len(keys) != 1 || string(rest) != "\xc3" {
		t.Errorf("%q, rest %q", keys, rest)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("\x1b[1;5A\xc3\xa4"))
	f.Fuzz(func(t *testing.T, b []byte) {
		keys, rest := decode(b)
		if len(rest) > 3 || len(keys) > len(b) {
			t.Errorf("%q: %q, rest %q", b, keys, rest)
		}
	})
}

func TestTyped(t *testing.T) {
	text := ""
	for _, key := range []string{"a", "ä", "up", "backspace", "esc", " ", "b"} {
		text = Typed(text, key)
	}
	if text != "a b" || Typed(text, "ctrl-u") != "" || Typed("", "backspace") != "" {
		t.Errorf("%q", text)
	}
}
