package render

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	esc         = 0x1b
	maxSequence = 1 << 10 // a longer sequence is not a control sequence
)

// Plain returns terminal output as text, without control sequences and control characters, except tabs, line feeds and carriage returns,
// which pages can handle. Invalid UTF-8 becomes U+FFFD.
func Plain(b []byte) string {
	text, _ := new(Terminal).Text(b)
	return text
}

// Terminal converts terminal output piece by piece; its state is the style after the last sequence.
type Terminal struct{ style style }

// Span is a part of a text with one style.
type Span struct {
	Length int    // in UTF-16 units, as scripts count
	Class  string // names of the style separated by spaces, see style.class; empty for none
}

// MarshalJSON writes [length, class].
func (s Span) MarshalJSON() ([]byte, error) { return json.Marshal([2]any{s.Length, s.Class}) }

// Text returns a piece as Plain does, and its spans in order; nil if there are no styles. The piece must end where Incomplete says.
func (t *Terminal) Text(b []byte) (string, []Span) {
	var text strings.Builder
	var spans []Span
	var run []byte // bytes with the same style
	styled := false
	flush := func() {
		if len(run) == 0 {
			return
		}
		valid := bytes.ToValidUTF8(run, []byte("\uFFFD"))
		text.Write(valid)
		length := 0
		for _, c := range string(valid) {
			length += utf16.RuneLen(c)
		}
		class := t.style.class()
		if n := len(spans); n > 0 && spans[n-1].Class == class {
			spans[n-1].Length += length
		} else {
			spans = append(spans, Span{length, class})
		}
		styled = styled || class != ""
		run = run[:0]
	}
	for i := 0; i < len(b); {
		c := b[i]
		switch {
		case c == esc:
			n, whole := sequence(b[i:])
			if whole && n > 2 && b[i+1] == '[' && b[i+n-1] == 'm' {
				flush()
				t.style.apply(string(b[i+2 : i+n-1]))
			}
			i += n
			continue
		case c == '\n' || c == '\t' || c == '\r' || c >= ' ' && c != 0x7f:
			run = append(run, c)
		}
		i++
	}
	flush()
	if !styled {
		spans = nil
	}
	return text.String(), spans
}

// sequence returns the length of the control sequence at the start of b, which is an ESC. whole is false if b ends within it.
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

// until returns the length of a sequence of inner bytes from i on and one last byte. Any other byte ends the sequence before itself.
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
		case b[i] == '\n': // never closed: what follows is text
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

// Incomplete returns the length of an incomplete control sequence or character at the end of b.
func Incomplete(b []byte) int {
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
