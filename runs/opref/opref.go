// Package opref is the reference from a run to the operation that it is a run of, in the form of the file .guild/opref.
package opref

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// Package types of operations.
const (
	Guildfile = "guildfile" // PkgName is the path of the guild.yml, PkgVersion its MD5
	Script    = "script"    // PkgName is the script's directory, Op its file name
	Builtin   = "builtin"   // part of guild itself
	Package   = "package"   // installed package
)

// Ref names an operation: where it comes from and what it is called there.
type Ref struct {
	PkgType, PkgName, PkgVersion, Model, Op string
}

// OpSpec is how the operation is named on the command line: MODEL:OP, or OP where there is no model.
func (r Ref) OpSpec() string {
	if r.Model == "" {
		return r.Op
	}
	return r.Model + ":" + r.Op
}

// Dir is the project directory of the operation, or empty where it has none.
func (r Ref) Dir() string {
	switch r.PkgType {
	case Guildfile:
		return filepath.Dir(r.PkgName)
	case Script:
		return r.PkgName
	}
	return ""
}

// String is the form on disk: PKGTYPE:PKGNAME VERSION MODEL OP, quoted as a shell would, empty parts as two quotes.
func (r Ref) String() string {
	if r == (Ref{}) {
		return ""
	}
	name := r.PkgType + ":" + r.PkgName
	return quote(name) + " " + quote(r.PkgVersion) + " " + quote(r.Model) + " " + quote(r.Op)
}

func quote(s string) string {
	if s == "" {
		return "''"
	}
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'"'"'`) + "'"
}

// Parse reads the form on disk.
func Parse(s string) (Ref, error) {
	words, err := splitWords(strings.TrimSpace(s))
	if err != nil {
		return Ref{}, fmt.Errorf("operation reference %q: %w", s, err)
	}
	if len(words) != 4 {
		return Ref{}, fmt.Errorf("operation reference %q: %d parts in place of 4", s, len(words))
	}
	pkgType, pkgName, ok := strings.Cut(words[0], ":")
	if !ok {
		return Ref{}, fmt.Errorf("operation reference %q: the first part lacks a colon", s)
	}
	return Ref{PkgType: pkgType, PkgName: pkgName, PkgVersion: words[1], Model: words[2], Op: words[3]}, nil
}

// splitWords splits at white space outside of quotes; quotes and backslashes as in a POSIX shell.
func splitWords(s string) ([]string, error) {
	var words []string
	var word strings.Builder
	in, quoted := false, rune(0)
	escaped := false
	for _, c := range s {
		switch {
		case escaped:
			word.WriteRune(c)
			escaped = false
		case quoted != 0:
			if c == quoted {
				quoted = 0
			} else if c == '\\' && quoted == '"' {
				escaped = true
			} else {
				word.WriteRune(c)
			}
		case c == '\'' || c == '"':
			quoted, in = c, true
		case c == '\\':
			escaped, in = true, true
		case c == ' ' || c == '\t' || c == '\n':
			if in {
				words = append(words, word.String())
				word.Reset()
				in = false
			}
		default:
			word.WriteRune(c)
			in = true
		}
	}
	if quoted != 0 || escaped {
		return nil, errors.New("a quote is not closed")
	}
	if in {
		words = append(words, word.String())
	}
	return words, nil
}
