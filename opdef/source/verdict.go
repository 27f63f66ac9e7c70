package source

import (
	"bytes"
	"unicode/utf8"
)

// verdict says whether a file is copied, and why.
type verdict int

const (
	leaveOut  verdict = iota
	byDefault         // copied if it is text and within the limits
	byRule            // copied because a rule of the operation includes it
)

// verdict applies the rules without reading the file. A rule that includes text or binary files counts as a match; byContent decides
// later.
func (c *copier) verdict(rel string) verdict {
	if rel == c.script {
		return byRule
	}
	if c.isRequired(rel) {
		return leaveOut
	}
	v := c.ignore.base(rel)
	for _, r := range c.rules {
		switch {
		case r.Kind == Dir || !r.matches(rel):
		case !r.Exclude:
			v = byRule
		case r.Kind == "":
			v = leaveOut
		}
	}
	return v
}

// byContent applies all rules, now that it is known whether the file is text.
func (c *copier) byContent(rel string, before verdict, text bool) verdict {
	if rel == c.script {
		return byRule
	}
	v := c.ignore.base(rel)
	if v == byDefault && !text {
		v = leaveOut
	}
	if before == byDefault && len(c.rules) == 0 {
		return v
	}
	for _, r := range c.rules {
		if r.Kind == Dir || r.Kind == Text && !text || r.Kind == Binary && text || !r.matches(rel) {
			continue
		}
		v = byRule
		if r.Exclude {
			v = leaveOut
		}
	}
	return v
}

// isText reports whether the first bytes of a file look like text: no NUL, and hardly any control characters.
func isText(head []byte) bool {
	if bytes.IndexByte(head, 0) >= 0 {
		return false
	}
	controls := 0
	for _, b := range head {
		if b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != '\v' && b != '\b' && b != 0x1b || b == 0x7f {
			controls++
		}
	}
	if controls*20 > len(head) {
		return false
	}
	return utf8.Valid(trimPartialRune(head)) || mostlyASCII(head)
}

// trimPartialRune removes an incomplete character at the end of the head.
func trimPartialRune(b []byte) []byte {
	for i := 1; i <= utf8.UTFMax && i <= len(b); i++ {
		if utf8.RuneStart(b[len(b)-i]) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return b[:len(b)-i]
			}
			break
		}
	}
	return b
}

// mostlyASCII reports whether most bytes are ASCII, as in text in an 8-bit encoding.
func mostlyASCII(b []byte) bool {
	high := 0
	for _, c := range b {
		if c >= 0x80 {
			high++
		}
	}
	return high*10 < len(b)*3
}
