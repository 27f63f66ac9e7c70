package web

import (
	"bytes"
	"unicode/utf8"
)

const (
	esc         = 0x1b
	maxSequence = 1 << 10 // a control sequence that goes on for longer is none
)

// plain is terminal output as text: without control sequences and control characters, but for tabs, line feeds and carriage
// returns, which a page can act upon. What is not UTF-8 becomes U+FFFD.
func plain(b []byte) string {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); {
		c := b[i]
		switch {
		case c == esc:
			n, _ := sequence(b[i:])
			i += n
			continue
		case c == '\n' || c == '\t' || c == '\r' || c >= ' ' && c != 0x7f:
			out = append(out, c)
		}
		i++
	}
	return string(bytes.ToValidUTF8(out, []byte("\uFFFD")))
}

// sequence measures the control sequence at the start of b, which is an ESC. whole is false where b ends before it does.
func sequence(b []byte) (n int, whole bool) {
	if len(b) == 1 {
		return 1, false
	}
	switch c := b[1]; {
	case c == '[': // CSI: parameters, then a final byte
		return until(b, 2, func(c byte) bool { return c >= 0x40 && c <= 0x7e }, func(c byte) bool { return c >= 0x20 && c <= 0x3f })
	case c == ']' || c == 'P' || c == '_' || c == '^' || c == 'X': // a string up to BEL or ESC \
		return str(b)
	case c >= 0x20 && c <= 0x2f: // intermediate bytes, then a final byte: character sets
		return until(b, 1, func(c byte) bool { return c >= 0x30 && c <= 0x7e }, func(c byte) bool { return c >= 0x20 && c <= 0x2f })
	case c >= 0x30 && c <= 0x7e:
		return 2, true
	}
	return 1, true
}

// until measures a sequence of inner bytes from i on and one last byte. Another byte ends it before itself.
func until(b []byte, i int, last, inner func(byte) bool) (int, bool) {
	for ; i < len(b) && i < maxSequence; i++ {
		if last(b[i]) {
			return i + 1, true
		}
		if !inner(b[i]) {
			return i, true
		}
	}
	return i, i >= maxSequence
}

func str(b []byte) (int, bool) {
	for i := 2; i < len(b) && i < maxSequence; i++ {
		switch {
		case b[i] == 0x07:
			return i + 1, true
		case b[i] == '\n': // never closed: the text goes on
			return 2, true
		case b[i] == esc && i+1 < len(b):
			if b[i+1] == '\\' {
				return i + 2, true
			}
			return i, true
		}
	}
	if len(b) >= maxSequence {
		return 2, true
	}
	return len(b), false
}

// incomplete is the length of the control sequence or character at the end of b that is not whole yet.
func incomplete(b []byte) int {
	from := max(0, len(b)-maxSequence)
	for i := from; i < len(b); {
		if b[i] != esc {
			i++
			continue
		}
		n, whole := sequence(b[i:])
		if !whole {
			return len(b) - i
		}
		i += n
	}
	for n := 1; n <= min(utf8.UTFMax-1, len(b)); n++ {
		c := b[len(b)-n]
		if utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			break
		}
	}
	return 0
}
