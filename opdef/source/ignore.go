package source

import (
	"path"
	"strings"
)

// ignoreFile is the name of the file that lists what is not source code of a project.
const ignoreFile = ".guildignore"

// ignorePatterns are the patterns of an ignore file, in the syntax of .gitignore. The last pattern that matches a path decides.
type ignorePatterns []ignorePattern

type ignorePattern struct {
	text     string
	keep     bool // pattern with !: matching paths are not ignored
	dirs     bool // pattern with a final slash: matches only directories
	anchored bool // matches the whole path, not just a name in any directory
}

func parseIgnore(data string) ignorePatterns {
	var list ignorePatterns
	for line := range strings.Lines(data) {
		line = strings.TrimRight(strings.TrimRight(line, "\r\n"), " \t")
		if line == "" || line[0] == '#' {
			continue
		}
		var p ignorePattern
		if line[0] == '!' {
			p.keep, line = true, line[1:]
		}
		line = strings.TrimPrefix(line, `\`)
		p.text, p.dirs = strings.CutSuffix(line, "/")
		p.anchored = strings.Contains(p.text, "/")
		p.text = strings.TrimPrefix(p.text, "/")
		for strings.Contains(p.text, "**/**") { // the same as **, but exponentially slower to match
			p.text = strings.ReplaceAll(p.text, "**/**", "**")
		}
		list = append(list, p)
	}
	return list
}

// ignores reports whether a file or directory is ignored; if a directory is, so is everything in it. rel is its path, with slashes.
// ignored is the result if no pattern matches.
func (list ignorePatterns) ignores(ignored bool, rel string, dir bool) bool {
	for _, p := range list {
		if p.dirs && !dir || ignored != p.keep {
			continue
		}
		var matched bool
		if p.anchored {
			matched = matchSegments(strings.Split(p.text, "/"), strings.Split(rel, "/"))
		} else {
			matched = matchName(p.text, path.Base(rel))
		}
		if matched {
			ignored = !p.keep
		}
	}
	return ignored
}

// matchSegments matches the segments of a path with those of a pattern, in which ** stands for any number of segments.
func matchSegments(pattern, segments []string) bool {
	for i, p := range pattern {
		if p == "**" {
			for j := i; j <= len(segments); j++ {
				if matchSegments(pattern[i+1:], segments[j:]) {
					return true
				}
			}
			return false
		}
		if i >= len(segments) || !matchName(p, segments[i]) {
			return false
		}
	}
	return len(pattern) == len(segments)
}

func matchName(pattern, name string) bool {
	ok, err := path.Match(strings.ReplaceAll(pattern, "[!", "[^"), name)
	return ok || err != nil && pattern == name
}
