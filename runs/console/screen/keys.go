package screen

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// named returns the name of the key for an escape sequence, without its escape character.
func named(seq string) string {
	switch seq {
	case "[A", "OA":
		return "up"
	case "[B", "OB":
		return "down"
	case "[C", "OC":
		return "right"
	case "[D", "OD":
		return "left"
	case "[H", "OH", "[1~", "[7~":
		return "home"
	case "[F", "OF", "[4~", "[8~":
		return "end"
	case "[5~":
		return "pgup"
	case "[6~":
		return "pgdn"
	case "[3~":
		return "delete"
	}
	return ""
}

// decode returns the keys in b, which was read from a terminal. A key is a character, or one of up, down, right, left, home, end, pgup,
// pgdn, delete, enter, tab, backspace, esc, and ctrl-x for each letter x. rest is an incomplete character at the end of b. Terminals
// send an escape sequence in one piece, so an escape character at the end of b is the key esc.
func decode(b []byte) (keys []string, rest []byte) {
	for len(b) > 0 {
		switch c := b[0]; {
		case c == 0x1b && len(b) > 1 && (b[1] == '[' || b[1] == 'O'):
			end := 2 + bytes.IndexFunc(b[2:], func(r rune) bool { return r >= 0x40 && r <= 0x7e })
			if end < 2 { // not an escape sequence
				return keys, nil
			}
			if k := named(string(b[1 : end+1])); k != "" {
				keys = append(keys, k)
			}
			b = b[end+1:]
		case c == 0x1b:
			keys, b = append(keys, "esc"), b[1:]
		case c == '\r' || c == '\n':
			keys, b = append(keys, "enter"), b[1:]
		case c == '\t':
			keys, b = append(keys, "tab"), b[1:]
		case c == 0x7f || c == 0x08:
			keys, b = append(keys, "backspace"), b[1:]
		case c > 0 && c < 0x1b:
			keys, b = append(keys, "ctrl-"+string(rune('a'+c-1))), b[1:]
		case !utf8.FullRune(b):
			return keys, bytes.Clone(b)
		default:
			r, n := utf8.DecodeRune(b)
			if unicode.IsPrint(r) {
				keys = append(keys, string(r))
			}
			b = b[n:]
		}
	}
	return keys, nil
}

// Typed returns a text after a key was typed at its end.
func Typed(text, key string) string {
	switch {
	case key == "backspace":
		_, n := utf8.DecodeLastRuneInString(text)
		return text[:len(text)-n]
	case key == "ctrl-u":
		return ""
	case utf8.RuneCountInString(key) == 1 && !strings.HasPrefix(key, "\x1b"):
		return text + key
	}
	return text
}
