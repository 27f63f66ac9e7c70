package flagvalue

import (
	"strings"
	"unicode/utf8"

	"guild/runs/pyyaml"
)

// Longest values, in characters, that labels and listings show whole.
const (
	maxShortText = 60
	maxShortPath = 20
)

// FormatShort is Format for lines with many values.
func FormatShort(v any) string {
	switch v := v.(type) {
	case float64:
		return truncateFloat(pyyaml.FormatFloat(v))
	case string:
		if strings.HasPrefix(v, "/") || strings.HasPrefix(v, "./") || strings.HasPrefix(v, "../") {
			return Format(shortenPath(v))
		}
		return Format(shortenText(v))
	}
	return shortenText(Format(v))
}

// truncateFloat keeps five decimals, without rounding, and the exponent.
func truncateFloat(s string) string {
	point := strings.IndexByte(s, '.')
	if point <= 0 {
		return s
	}
	mant, exp, _ := strings.Cut(s, "e")
	if exp != "" {
		exp = "e" + exp
	}
	return mant[:min(len(mant), point+6)] + exp
}

func shortenText(s string) string {
	if utf8.RuneCountInString(s) <= maxShortText {
		return s
	}
	return string([]rune(s)[:maxShortText-1]) + "…"
}

// shortenPath replaces the middle of a path by an ellipsis. It keeps the last part, then as many parts on the right and on the left,
// in turn, as fit.
func shortenPath(s string) string {
	if utf8.RuneCountInString(s) <= maxShortPath {
		return s
	}
	parts := strings.Split(strings.TrimRight(s, "/"), "/")
	left, right := 1, len(parts)-1 // parts before left and from right are kept; an absolute path begins with an empty part
	join := func(l, r int) string {
		return strings.Join(parts[:l], "/") + "/…/" + strings.Join(parts[r:], "/")
	}
	if left >= right {
		return s
	}
	for grown := true; grown; {
		grown = false
		if right-1 > left && utf8.RuneCountInString(join(left, right-1)) <= maxShortPath {
			right--
			grown = true
		}
		if left+1 < right && utf8.RuneCountInString(join(left+1, right)) <= maxShortPath {
			left++
			grown = true
		}
	}
	if short := join(left, right); utf8.RuneCountInString(short) < utf8.RuneCountInString(s) {
		return short
	}
	return s
}
