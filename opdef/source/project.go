package source

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"guild/runs/plainfile"
)

// ignored is what a project itself says of files that are no source code: in .guildignore, and to Git where it is one of
// Git's. In such a project everything else is source code, of any kind and size.
type ignored struct {
	patterns ignorePatterns
	git      map[string]bool // see gitIgnored
	inGit    bool
}

// ignoredIn looks at a directory. A warning says why Git is not asked.
func ignoredIn(dir string) (s ignored, warning string) {
	more := ""
	if data, err := plainfile.Read(filepath.Join(dir, ignoreFile)); err == nil {
		s.patterns, more = parseIgnore(string(data)), ignoreFile
	}
	s.git, s.inGit, warning = gitIgnored(dir, more)
	return s, warning
}

// ignores tells whether a file or directory is ignored. What Git ignores may be kept by a pattern after all.
func (s *ignored) ignores(rel string, dir bool) bool {
	_, git := s.git[rel]
	return s.patterns.ignores(git, rel, dir)
}

// ignoredDirs are the directories that Git ignores, in order.
func (s *ignored) ignoredDirs() []string {
	var dirs []string
	for name, isDir := range s.git {
		if isDir && s.ignores(name, true) {
			dirs = append(dirs, name)
		}
	}
	slices.Sort(dirs)
	return dirs
}

// base is the verdict on a file before the rules of the operation.
func (s *ignored) base(rel string) verdict {
	name := path.Base(rel)
	switch {
	case rel == ignoreFile, s.ignores(rel, false), s.inGit && strings.HasPrefix(name, ".git"):
		return leaveOut
	case s.inGit:
		return byRule
	}
	return byDefault
}
