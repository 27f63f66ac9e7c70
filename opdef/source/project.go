package source

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"guild/runs/plainfile"
)

// ignored lists the files that a project says are not source code: those in .guildignore and those that Git ignores. In a Git repository
// all other files are source code, whatever their kind and size.
type ignored struct {
	patterns ignorePatterns
	git      map[string]bool // see gitIgnored
	inGit    bool
}

// ignoredIn reads what the project in a directory ignores. A warning says why Git could not be asked.
func ignoredIn(dir string) (s ignored, warning string) {
	more := ""
	if data, err := plainfile.Read(filepath.Join(dir, ignoreFile)); err == nil {
		s.patterns, more = parseIgnore(string(data)), ignoreFile
	}
	s.git, s.inGit, warning = gitIgnored(dir, more)
	return s, warning
}

// ignores reports whether a file or directory is ignored. A pattern in .guildignore with ! can include what Git ignores.
func (s *ignored) ignores(rel string, dir bool) bool {
	_, git := s.git[rel]
	return s.patterns.ignores(git, rel, dir)
}

// ignoredDirs returns the directories that Git ignores, sorted.
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

// base returns the verdict on a file before the rules of the operation are applied.
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
