package source

import (
	"path"
	"strings"
)

// ignoreFile names the file of a project that says what is no source code.
const ignoreFile = ".guildignore"

// ignorePatterns are the patterns of an ignore file, in the form that Git has for them; the last one that matches decides.
type ignorePatterns []ignorePattern

type ignorePattern struct {
	text     string
	keep     bool // what matches is not ignored after all
	dirs     bool // only directories match
	anchored bool // the whole path matches, and not a name anywhere
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
		for strings.Contains(p.text, "**/**") { // which would be tried in every way
			p.text = strings.ReplaceAll(p.text, "**/**", "**")
		}
		list = append(list, p)
	}
	return list
}

// ignores tells whether a file or directory, by its path with slashes, is ignored. Those in it are then too. ignored is what
// counts where no pattern matches.
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

// matchSegments matches a path by its segments, of which ** is any number.
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
