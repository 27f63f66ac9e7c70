package console

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text returns s with everything escaped that a terminal would interpret: control characters, invalid UTF-8, and marks that change the
// direction of text. Line breaks and tabs stay. File names, labels, comments, and errors that quote them can contain anything, and on a
// shared root anybody can have written them. The escapes are valid in JSON strings too; JSON itself escapes the first 32 characters.
func Text(s string) string {
	return escape(s, func(r rune) bool { return r != '\n' && r != '\t' && isControl(r) })
}

// Line is Text for a single line: it also escapes line breaks and tabs.
func Line(s string) string { return escape(s, isControl) }

// OneLine is Line for text that people have written: each line break and each tab becomes a blank.
func OneLine(s string) string { return Line(breaks.Replace(s)) }

var breaks = strings.NewReplacer("\r\n", " ", "\n", " ", "\t", " ")

// isControl reports whether a terminal does not display the character as itself, or displays others differently because of it.
func isControl(r rune) bool {
	switch {
	case unicode.IsControl(r), r == '\u2028', r == '\u2029', r == '\u200e', r == '\u200f', r == '\u061c':
		return true
	}
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

func escape(s string, escaped func(rune) bool) string {
	i := 0
	for i < len(s) && s[i] >= ' ' && s[i] < 0x7f {
		i++
	}
	if i == len(s) {
		return s
	}
	var b strings.Builder
	b.WriteString(s[:i])
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case !escaped(r):
			b.WriteString(s[i : i+size])
		default:
			b.WriteString(escapeOf(r))
		}
		i += size
	}
	return b.String()
}

func escapeOf(r rune) string {
	switch r {
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	}
	if r < ' ' {
		return fmt.Sprintf(`\x%02x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// Escaping returns a writer that applies Text to what is written to it, and writes the result to w.
func Escaping(w io.Writer) io.Writer { return &escaping{w: w} }

type escaping struct {
	w    io.Writer
	tail []byte // first bytes of a character that is not complete yet
}

func (e *escaping) Write(p []byte) (int, error) {
	all := slices.Concat(e.tail, p)
	whole := len(all)
	for n := 1; n < utf8.UTFMax && n <= len(all); n++ {
		if c := all[len(all)-n]; utf8.RuneStart(c) {
			if !utf8.FullRune(all[len(all)-n:]) {
				whole -= n
			}
			break
		}
	}
	_, err := io.WriteString(e.w, Text(string(all[:whole])))
	e.tail = all[whole:]
	if err != nil {
		return 0, err
	}
	return len(p), nil
}
