package cmd

import (
	"path"
	"path/filepath"
	"strings"
)

// pathPattern holds the segments of a path with wildcards of a shell. Without segments it matches every path.
type pathPattern []string

func newPathPattern(p string) pathPattern {
	p = strings.Trim(path.Clean(filepath.ToSlash(p)), "/")
	if p == "." {
		return nil
	}
	return strings.Split(p, "/")
}

// match reports whether the pattern matches p or a directory that p is in. Unless hidden is set, no wildcard matches a dot at the start of a
// segment, and hidden files below a directory that matches do not match.
func (pat pathPattern) match(p string, hidden bool) bool {
	segments := strings.Split(p, "/")
	if len(segments) < len(pat) {
		return false
	}
	for i, s := range segments {
		dot := strings.HasPrefix(s, ".")
		if i >= len(pat) {
			if dot && !hidden {
				return false
			}
			continue
		}
		if dot && !hidden && !strings.HasPrefix(pat[i], ".") {
			return false
		}
		if ok, err := path.Match(pat[i], s); s != pat[i] && (err != nil || !ok) {
			return false
		}
	}
	return true
}
