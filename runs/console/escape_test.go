package console

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestEscape(t *testing.T) {
	for _, c := range []struct{ in, text, line string }{
		{"plain", "plain", "plain"},
		{"größer 日本 🙂", "größer 日本 🙂", "größer 日本 🙂"},
		{"a\x1b[2Jb", `a\x1b[2Jb`, `a\x1b[2Jb`},
		{"a\nb\tc\r", "a\nb\tc" + `\r`, `a\nb\tc\r`},
		{"\a\b\x7f\x00", `\x07\x08\u007f\x00`, `\x07\x08\u007f\x00`},
		{"\u009b31m", `\u009b31m`, `\u009b31m`},
		{"\x9b31m \xff", `\x9b31m \xff`, `\x9b31m \xff`},
		{"exe\u202egpj", `exe\u202egpj`, `exe\u202egpj`},
		{"\u2028", `\u2028`, `\u2028`},
	} {
		if got := Text(c.in); got != c.text {
			t.Errorf("Text(%q) = %q, want %q", c.in, got, c.text)
		}
		if got := Line(c.in); got != c.line {
			t.Errorf("Line(%q) = %q, want %q", c.in, got, c.line)
		}
	}
}

func TestOneLine(t *testing.T) {
	if got, want := OneLine("a\nb\r\nc\td\re\x1b"), `a b c d\re\x1b`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// What a console prints commands no terminal, whoever made the format and the arguments, and JSON stays JSON.
func FuzzEscape(f *testing.F) {
	f.Add("a\x1b]0;title\a", 3)
	f.Add("日本\u009b", 1)
	f.Fuzz(func(t *testing.T, s string, cut int) {
		for _, got := range []string{Text(s), Line(s)} {
			if !utf8.ValidString(got) || strings.ContainsFunc(strings.NewReplacer("\n", "", "\t", "").Replace(got), isControl) {
				t.Errorf("%q gives %q", s, got)
			}
		}
		var b, pieces bytes.Buffer
		c := &Console{Out: &b}
		c.Printf("%s", s)
		if b.String() != Text(s) {
			t.Errorf("%q is printed as %q", s, b.String())
		}
		w := Escaping(&pieces)
		cut = min(max(cut, 0), len(s))
		_, _ = w.Write([]byte(s[:cut]))
		_, _ = w.Write([]byte(s[cut:]))
		if utf8.ValidString(s) && pieces.String() != Text(s) {
			t.Errorf("%q in pieces is written as %q", s, pieces.String())
		}
		data, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var back, direct string
		if err := json.Unmarshal([]byte(Text(string(data))), &back); err != nil {
			t.Fatal(err)
		}
		if _ = json.Unmarshal(data, &direct); back != direct {
			t.Errorf("JSON of %q reads as %q", s, back)
		}
	})
}
