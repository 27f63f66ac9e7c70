package timerange

import (
	"strconv"
	"strings"
)

type kind int

const (
	end kind = iota
	name
	number
	unitWord
	date
	clock
)

// word is a token of a range.
type word struct {
	kind   kind
	pos    int
	text   string // in lower case
	n      []int  // the parts of a number, date or time
	digits int    // number of digits in the first part
	unit   unit
}

// split splits a text into words, the last of which is of kind end.
func split(text string) ([]word, error) {
	var words []word
	for i := 0; i < len(text); {
		if isBlank(text[i]) {
			i++
			continue
		}
		from := i
		for i < len(text) && !isBlank(text[i]) {
			i++
		}
		w, ok := newWord(strings.ToLower(text[from:i]))
		w.pos = from
		if !ok {
			return nil, &SyntaxError{Text: text, Pos: from, Reason: "unexpected '" + text[from:i] + "'"}
		}
		words = append(words, w)
	}
	return append(words, word{kind: end, pos: len(text)}), nil
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func newWord(text string) (word, bool) {
	w := word{text: text}
	if text[0] >= '0' && text[0] <= '9' {
		return w, w.numeric()
	}
	switch strings.TrimSuffix(text, "s") {
	case "min", "minute":
		w.kind, w.unit = unitWord, minute
	case "hr", "hour":
		w.kind, w.unit = unitWord, hour
	case "day":
		w.kind, w.unit = unitWord, day
	case "week":
		w.kind, w.unit = unitWord, week
	case "month":
		w.kind, w.unit = unitWord, month
	case "year":
		w.kind, w.unit = unitWord, year
	default:
		w.kind = name
		switch text {
		case "today", "yesterday", "this", "last", "ago", "before", "after", "between", "and":
		default:
			return w, false
		}
	}
	return w, true
}

// numeric parses a number, a date or a time.
func (w *word) numeric() bool {
	sep, most := "-", 3
	switch {
	case strings.Contains(w.text, ":"):
		w.kind, sep = clock, ":"
	case strings.Contains(w.text, "-"):
		w.kind = date
	default:
		w.kind, most = number, 1
	}
	parts := strings.Split(w.text, sep)
	if len(parts) > most || w.kind != number && len(parts) < 2 {
		return false
	}
	w.digits = len(parts[0])
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || part[0] == '+' || part[0] == '-' || len(part) > w.longest(i, len(parts)) {
			return false
		}
		if w.kind == clock && i > 0 && len(part) != 2 {
			return false
		}
		w.n = append(w.n, n)
	}
	return w.kind != date || len(parts) == 2 || w.digits == 2 || w.digits == 4
}

// longest returns the maximum number of digits of part i of n.
func (w *word) longest(i, n int) int {
	switch {
	case w.kind == number:
		return 6 // earlier than any run, and no overflow of a time.Duration in minutes
	case w.kind == date && n == 3 && i == 0:
		return 4
	}
	return 2
}
