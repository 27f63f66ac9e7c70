// Package words splits text into words and quotes words as a POSIX shell does, without expanding anything. The files opref
// and manifest of a run are written in this form.
package words

import (
	"errors"
	"strings"
)

// ErrUnclosed is the error of a text that ends within quotes or after a backslash.
var ErrUnclosed = errors.New("a quote is not closed")

// Split returns the words of s. White space separates words, single quotes keep everything, a backslash keeps the character
// after it, and within double quotes it does so for a quote and a backslash only.
func Split(s string) ([]string, error) {
	var list []string
	var word []byte
	in, quoted, escaped := false, byte(0), false
	for _, c := range []byte(s) { // names of files need not be UTF-8
		switch {
		case escaped:
			if quoted == '"' && c != '"' && c != '\\' {
				word = append(word, '\\')
			}
			word = append(word, c)
			escaped = false
		case c == '\\' && quoted != '\'':
			escaped, in = true, true
		case quoted != 0 && c == quoted:
			quoted = 0
		case quoted != 0:
			word = append(word, c)
		case c == '\'' || c == '"':
			quoted, in = c, true
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			if in {
				list, word, in = append(list, string(word)), word[:0], false
			}
		default:
			word = append(word, c)
			in = true
		}
	}
	if quoted != 0 || escaped {
		return nil, ErrUnclosed
	}
	if in {
		list = append(list, string(word))
	}
	return list, nil
}

const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-"

// Quote returns s as one word that Split and a shell read back as s.
func Quote(s string) string {
	switch {
	case s == "":
		return "''"
	case strings.Trim(s, plain) == "":
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'"'"'`) + "'"
}

// Join returns words as one line that Split takes apart again.
func Join(list []string) string {
	quoted := make([]string, len(list))
	for i, w := range list {
		quoted[i] = Quote(w)
	}
	return strings.Join(quoted, " ")
}
