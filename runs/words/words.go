// Package words splits text into words and quotes words as a POSIX shell does, without expanding anything. The files opref and manifest
// of a run use this syntax, and so do commands, steps and lists of values in guild.yml.
package words

import (
	"errors"
	"strings"
)

// ErrUnclosed is the error for a text that ends within quotes or after a backslash.
var ErrUnclosed = errors.New("a quote is not closed")

// Split returns the words of s. White space separates words. In single quotes every character stands for itself; in double quotes a
// backslash escapes ", \, $ and `; outside quotes a backslash escapes any character. References such as ${name} are not expanded. The
// error is ErrUnclosed.
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

// Partial returns the words of a line that is still being typed. The last word is the one at the end of the line; it is empty after
// white space. If the line ends within quotes, quote is the open quote and before is the length of the part of the last word before
// it, in bytes; otherwise both are 0.
func Partial(s string) (list []string, before int, quote byte) {
	var sc scanner
	sc.scan(s)
	if sc.quote != 0 {
		before = sc.before
	}
	return append(sc.list, string(sc.word)), before, sc.quote
}

// scanner splits a text into words. Its fields describe the state at the end of the text read so far.
type scanner struct {
	list    []string
	word    []byte
	open    bool // a word has begun; it can still be empty
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

// Quote quotes s so that Split and a shell read it as one word. Words without special characters are returned unchanged.
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

// Join quotes the words and joins them with blanks; Split returns the same words.
func Join(list []string) string {
	quoted := make([]string, len(list))
	for i, w := range list {
		quoted[i] = Quote(w)
	}
	return strings.Join(quoted, " ")
}
