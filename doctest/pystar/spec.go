package pystar

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
)

// maxWidth bounds widths and precisions, so that a slip in a document does not fill the memory.
const maxWidth = 1 << 20

// spec is a format specification: [[fill]align][sign][#][0][width][grouping][.precision][verb].
type spec struct {
	fill      rune
	align     byte // < > ^ or = (between sign and digits); 0 is by type
	sign      byte // - + or a space
	alternate bool
	width     int
	grouping  byte // , or _ or 0
	precision int  // -1 for none
	verb      byte // 0 for none
}

func isAlign(c byte) bool { return strings.IndexByte("<>^=", c) >= 0 && c != 0 }

// parseSpec reads the text behind the colon of a replacement field.
func parseSpec(text string) (spec, error) {
	s := spec{fill: ' ', sign: '-', precision: -1}
	invalid := Errorf("ValueError", "Invalid format specifier '%s'", text)
	rest, ownFill := text, false
	if r, size := utf8.DecodeRuneInString(rest); size > 0 && len(rest) > size && isAlign(rest[size]) {
		s.fill, s.align, rest, ownFill = r, rest[size], rest[size+1:], true
	} else if rest != "" && isAlign(rest[0]) {
		s.align, rest = rest[0], rest[1:]
	}
	take := func(set string) byte {
		if rest == "" || strings.IndexByte(set, rest[0]) < 0 {
			return 0
		}
		c := rest[0]
		rest = rest[1:]
		return c
	}
	if c := take("+- "); c != 0 {
		s.sign = c
	}
	s.alternate = take("#") != 0
	if take("0") != 0 && !ownFill {
		s.fill = '0'
		if s.align == 0 {
			s.align = '='
		}
	}
	var ok bool
	if s.width, rest, ok = digits(rest, 0); !ok {
		return s, invalid
	}
	s.grouping = take(",_")
	if take(".") != 0 {
		before := rest
		if s.precision, rest, ok = digits(rest, -1); !ok || rest == before {
			return s, Errorf("ValueError", "Format specifier missing precision")
		}
	}
	s.verb = take("bcdeEfFgGnosxX%")
	if rest != "" {
		return s, invalid
	}
	return s, nil
}

// digits reads a decimal number at the start of s; none is the value if there is no digit.
func digits(s string, none int) (n int, rest string, ok bool) {
	end := span(s, func(r rune) bool { return r >= '0' && r <= '9' })
	if end == 0 {
		return none, s, true
	}
	n, err := strconv.Atoi(s[:end])
	return n, s[end:], err == nil && n <= maxWidth
}

// pad fills text up to the width. prefix is a sign or base mark, which stays in front when the fill goes behind it.
func (s spec) pad(prefix, text string) string {
	missing := s.width - utf8.RuneCountInString(prefix) - utf8.RuneCountInString(text)
	if missing <= 0 {
		return prefix + text
	}
	fill := func(n int) string { return strings.Repeat(string(s.fill), n) }
	switch s.align {
	case '<':
		return prefix + text + fill(missing)
	case '^':
		return fill(missing/2) + prefix + text + fill(missing-missing/2)
	case '=':
		return prefix + fill(missing) + text
	}
	return fill(missing) + prefix + text
}

// truncate cuts text to the precision, in characters.
func (s spec) truncate(text string) string {
	if s.precision < 0 || utf8.RuneCountInString(text) <= s.precision {
		return text
	}
	return string([]rune(text)[:s.precision])
}

func (s spec) signOf(negative bool) string {
	switch {
	case negative:
		return "-"
	case s.sign != '-':
		return string(s.sign)
	}
	return ""
}

// integer formats n with at least minDigits digits.
func (s spec) integer(n *big.Int, minDigits int) string {
	base, mark := 10, ""
	switch s.verb {
	case 'b':
		base, mark = 2, "0b"
	case 'o':
		base, mark = 8, "0o"
	case 'x', 'X':
		base, mark = 16, "0x"
	}
	text := new(big.Int).Abs(n).Text(base)
	if missing := minDigits - len(text); missing > 0 {
		text = strings.Repeat("0", missing) + text
	}
	if !s.alternate {
		mark = ""
	}
	if s.verb == 'X' {
		text, mark = strings.ToUpper(text), strings.ToUpper(mark)
	}
	size := 3
	if base != 10 {
		size = 4
	}
	prefix := s.signOf(n.Sign() < 0) + mark
	return s.pad(prefix, s.group(prefix, text, size))
}

// group puts the grouping character between groups of digits. Zeros that fill the width behind the prefix are digits.
func (s spec) group(prefix, text string, size int) string {
	grouped := s.separate(text, size)
	for s.grouping != 0 && s.fill == '0' && s.align == '=' && len(prefix)+len(grouped) < s.width {
		text = "0" + text
		grouped = s.separate(text, size)
	}
	return grouped
}

func (s spec) separate(text string, size int) string {
	if s.grouping == 0 {
		return text
	}
	whole, rest := text, ""
	if i := strings.IndexAny(text, ".e"); i >= 0 {
		whole, rest = text[:i], text[i:]
	}
	for i := len(whole) - size; i > 0; i -= size {
		whole = whole[:i] + string(s.grouping) + whole[i:]
	}
	return whole + rest
}

// float formats f by the verb; without one as str does, or as g when there is a precision.
func (s spec) float(f float64) string {
	prefix := s.signOf(math.Signbit(f) && !math.IsNaN(f))
	text := s.magnitude(math.Abs(f))
	finite := !math.IsInf(f, 0) && !math.IsNaN(f)
	if finite && s.alternate && !strings.Contains(text, ".") {
		i := strings.IndexByte(text+"e", 'e')
		text = text[:i] + "." + text[i:]
	}
	if finite {
		text = s.group(prefix, text, 3)
	}
	if s.verb != 0 && strings.IndexByte("EFG", s.verb) >= 0 {
		text = strings.ToUpper(text)
	}
	if s.verb == '%' {
		text += "%"
	}
	return s.pad(prefix, text)
}

// magnitude formats a float that is not negative, in lower case and without grouping.
func (s spec) magnitude(f float64) string {
	precision := s.precision
	if precision < 0 && s.verb != 0 {
		precision = 6
	}
	switch {
	case math.IsInf(f, 0) || math.IsNaN(f):
		return floatRepr(f)
	case s.verb == '%':
		return strconv.FormatFloat(f*100, 'f', precision, 64)
	case s.verb == 'f' || s.verb == 'F':
		return strconv.FormatFloat(f, 'f', precision, 64)
	case s.verb == 'e' || s.verb == 'E':
		return strconv.FormatFloat(f, 'e', precision, 64)
	case s.verb != 0:
		return s.general(f, precision)
	case precision < 0:
		return floatRepr(f)
	}
	text := s.general(f, precision)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return text
}

// general formats like C's %g: the precision counts significant digits, and trailing zeros go unless alternate.
func (s spec) general(f float64, precision int) string {
	precision = max(precision, 1)
	exp := 0
	if f != 0 {
		text := strconv.FormatFloat(f, 'e', precision-1, 64)
		exp, _ = strconv.Atoi(text[strings.IndexByte(text, 'e')+1:]) // what FormatFloat writes is a number
	}
	verb, decimals := byte('f'), precision-1-exp
	if exp < -4 || exp >= precision {
		verb, decimals = 'e', precision-1
	}
	text := strconv.FormatFloat(f, verb, decimals, 64)
	i := strings.IndexByte(text+"e", 'e')
	mantissa, exponent := text[:i], text[i:]
	if !s.alternate && strings.Contains(mantissa, ".") {
		mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
	}
	return mantissa + exponent
}

// formatValue implements format(v, text).
func formatValue(v starlark.Value, text string) (string, error) {
	if text == "" {
		return Str(v), nil
	}
	s, err := parseSpec(text)
	if err != nil {
		return "", err
	}
	wrong := Errorf("ValueError", "Unknown format code '%c' for object of type '%s'", s.verb, TypeName(v))
	switch x := v.(type) {
	case starlark.String:
		if s.verb != 0 && s.verb != 's' {
			return "", wrong
		}
		if s.align == '=' && s.fill != '0' {
			return "", Errorf("ValueError", "'=' alignment not allowed in string format specifier")
		}
		if s.align == 0 || s.align == '=' {
			s.align = '<'
		}
		return s.pad("", s.truncate(string(x))), nil
	case starlark.Int, starlark.Bool:
		n := number(x).(starlark.Int)
		switch {
		case s.verb == 'c':
			code, err := starlark.AsInt32(n)
			if err != nil {
				return "", Errorf("OverflowError", "%%c arg not in range(0x110000)")
			}
			return s.pad("", string(rune(code))), nil
		case s.verb == 0 || strings.IndexByte("bdnoxX", s.verb) >= 0:
			if s.precision >= 0 {
				return "", Errorf("ValueError", "Precision not allowed in integer format specifier")
			}
			return s.integer(n.BigInt(), 0), nil
		case s.verb != 's':
			return s.float(float64(n.Float())), nil
		}
		return "", wrong
	case starlark.Float:
		if s.verb != 0 && strings.IndexByte("eEfFgGn%", s.verb) < 0 {
			return "", wrong
		}
		return s.float(float64(x)), nil
	}
	return "", Errorf("TypeError", "unsupported format string passed to %s.__format__", TypeName(v))
}
