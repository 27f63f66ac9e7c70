// Package words splits text into words and quotes words as a POSIX shell does, without expanding anything. The files opref
// and manifest of a run are written in this form, and people write commands, steps and lists of values in it.
package words

import (
	"errors"
	"strings"
)

// ErrUnclosed is the error of a text whose last quote or backslash lacks its counterpart.
var ErrUnclosed = errors.New("a quote is not closed")

// Split returns the words of s. White space separates words; single quotes keep everything, double quotes let a backslash
// escape ", \, $ and `, and outside of quotes a backslash escapes any character. References such as ${name} stay as they are.
func Split(s string) ([]string, error) {
	sc := scanner{word: make([]byte, 0, len(s))}
	sc.scan(s)
	if sc.quote != 0 || sc.escaped {
		return nil, ErrUnclosed
	}
	if sc.open {
		return append(sc.list, string(sc.word)), nil
	}
	return sc.list, nil
}

// Partial returns the words of a line that is being typed. The last one is that at its end, which is empty behind white space.
// Where a quote is open there, quote is it and before the length of what the word has in front of it; else both are 0.
func Partial(s string) (list []string, before int, quote byte) {
	var sc scanner
	sc.scan(s)
	if sc.quote != 0 {
		before = sc.before
	}
	return append(sc.list, string(sc.word)), before, sc.quote
}

// scanner takes a text apart; its state is that at the end of the text.
type scanner struct {
	list    []string
	word    []byte
	open    bool // a word has begun, which may still be empty
	quote   byte
	before  int  // length of the word before the latest quote
	escaped bool // the text ends with a backslash that escapes nothing
}

func (sc *scanner) scan(s string) {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case sc.quote == '\'' && c != '\'', sc.quote == '"' && c != '"' && c != '\\':
			sc.word = append(sc.word, c)
		case sc.quote != 0 && c == sc.quote:
			sc.quote = 0
		case c == '\\':
			i++
			if i == len(s) {
				sc.escaped = true
				return
			}
			if sc.quote == '"' && strings.IndexByte("\"\\$`", s[i]) < 0 {
				sc.word = append(sc.word, '\\')
			}
			sc.word, sc.open = append(sc.word, s[i]), true
		case c == '\'' || c == '"':
			sc.quote, sc.open, sc.before = c, true, len(sc.word)
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			if sc.open {
				sc.list, sc.word, sc.open = append(sc.list, string(sc.word)), sc.word[:0], false
			}
		default:
			sc.word, sc.open = append(sc.word, c), true
		}
	}
}

// Quote returns s as one word that Split and a shell read back as s. Words of harmless characters stay as they are.
func Quote(s string) string {
	switch {
	case s != "" && strings.IndexFunc(s, special) < 0:
		return s
	case !strings.Contains(s, "'"):
		return "'" + s + "'"
	case !strings.ContainsAny(s, "\"\\$`!"):
		return `"` + s + `"`
	}
	return "'" + strings.ReplaceAll(s, "'", `'"'"'`) + "'"
}

func special(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r > 0x7f:
		return false
	}
	return !strings.ContainsRune("_@%+=:,./-", r)
}

// Join returns the words as one line that Split takes apart again.
func Join(list []string) string {
	quoted := make([]string, len(list))
	for i, w := range list {
		quoted[i] = Quote(w)
	}
	return strings.Join(quoted, " ")
}
