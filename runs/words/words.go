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
	var (
		list  []string
		word  []byte
		open  bool // a word has begun, which may still be empty
		quote byte
	)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote == '\'' && c != '\'', quote == '"' && c != '"' && c != '\\':
			word = append(word, c)
		case quote != 0 && c == quote:
			quote = 0
		case c == '\\':
			i++
			if i == len(s) {
				return nil, ErrUnclosed
			}
			if quote == '"' && strings.IndexByte("\"\\$`", s[i]) < 0 {
				word = append(word, '\\')
			}
			word, open = append(word, s[i]), true
		case c == '\'' || c == '"':
			quote, open = c, true
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			if open {
				list, word, open = append(list, string(word)), word[:0], false
			}
		default:
			word, open = append(word, c), true
		}
	}
	if quote != 0 {
		return nil, ErrUnclosed
	}
	if open {
		list = append(list, string(word))
	}
	return list, nil
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
