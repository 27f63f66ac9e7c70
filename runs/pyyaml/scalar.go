package pyyaml

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// DecodeScalar resolves a plain (unquoted) scalar to nil, a bool, int or float64, or the text itself.
func DecodeScalar(s string) any {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return nil
	case "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
		return true
	case "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		return false
	}
	if !startsNumber(s[0]) {
		return s
	}
	if i, ok := parseInt(s); ok {
		return i
	}
	if f, ok := parseFloat(s); ok {
		return f
	}
	return s
}

// Number returns a decoded integer or float as a float64; ok is false for other values.
func Number(v any) (n float64, ok bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

func startsNumber(c byte) bool {
	return c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.'
}

func splitSign(s string) (neg bool, rest string) {
	switch {
	case strings.HasPrefix(s, "-"):
		return true, s[1:]
	case strings.HasPrefix(s, "+"):
		return false, s[1:]
	}
	return false, s
}

// parseInt parses the five forms of YAML 1.1: decimal, 0b, 0x, 0-octal and base 60. Underscores may separate digits.
func parseInt(s string) (int, bool) {
	neg, t := splitSign(s)
	if t == "" || t[0] == '_' {
		return 0, false
	}
	var n uint64
	var err error
	switch {
	case strings.HasPrefix(t, "0b"):
		n, err = parseDigits(t[2:], 2)
	case strings.HasPrefix(t, "0x"):
		n, err = parseDigits(t[2:], 16)
	case t[0] == '0' && len(t) > 1:
		n, err = parseDigits(t[1:], 8)
	case strings.Contains(t, ":"):
		f, ok := parseBase60(t, false)
		if !ok || f > math.MaxInt64 {
			return 0, false
		}
		n = uint64(f)
	default:
		n, err = parseDigits(t, 10)
	}
	if neg && err == nil && n == -math.MinInt64 { // the only int whose negation is not an int
		return math.MinInt64, true
	}
	if err != nil || n > math.MaxInt64 {
		return 0, false
	}
	if neg {
		return -int(n), true
	}
	return int(n), true
}

func parseDigits(s string, base int) (uint64, error) {
	if strings.Contains(s, "_") {
		s = strings.ReplaceAll(s, "_", "")
	}
	return strconv.ParseUint(s, base, 64)
}

// parseBase60 parses H:MM[:SS], with every part but the first below 60. frac allows a fraction in the last part.
func parseBase60(s string, frac bool) (float64, bool) {
	parts := strings.Split(s, ":")
	if len(parts) < 2 || parts[0] == "" || !frac && parts[0][0] == '0' {
		return 0, false
	}
	total := 0.0
	for i, p := range parts {
		last := frac && i == len(parts)-1
		if p == "" || i > 0 && !last && len(p) > 2 || strings.Trim(p, "0123456789_.") != "" || !last && strings.Contains(p, ".") {
			return 0, false
		}
		v, err := strconv.ParseFloat(strings.ReplaceAll(p, "_", ""), 64)
		if err != nil || i > 0 && v >= 60 {
			return 0, false
		}
		total = total*60 + v
	}
	return total, total < math.MaxInt64
}

func parseFloat(s string) (float64, bool) {
	neg, t := splitSign(s)
	switch t {
	case ".inf", ".Inf", ".INF":
		if neg {
			return math.Inf(-1), true
		}
		return math.Inf(1), true
	case ".nan", ".NaN", ".NAN":
		return math.NaN(), len(t) == len(s)
	}
	if strings.Contains(t, ":") {
		if !strings.Contains(t, ".") {
			return 0, false
		}
		f, ok := parseBase60(t, true)
		if neg {
			f = -f
		}
		return f, ok
	}
	if !isFloat(t) {
		return 0, false
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	return f, err == nil || errors.Is(err, strconv.ErrRange) // too large a number is infinite
}

// isFloat reports whether t has digits and a point, an exponent or both: `1.`, `.5`, `1e3`, `1.5e-3`, `1_0.5`, but not `_1` or `.`.
func isFloat(t string) bool {
	digits, point := 0, false
	for i := range len(t) {
		switch c := t[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '_' && i > 0 && digits > 0:
		case c == '.' && !point:
			point = true
		case (c == 'e' || c == 'E') && digits > 0:
			_, rest := splitSign(t[i+1:])
			return rest != "" && strings.Trim(rest, "0123456789") == ""
		default:
			return false
		}
	}
	return digits > 0 && point
}
