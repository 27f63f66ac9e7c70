package opdef

import (
	"os"
	"path"
	"path/filepath"
	"strings"
)

// sourceIgnore is what a project itself says of files that are no source code: in .guildignore, and to Git where it is one of
// Git's. In such a project everything else is source code, of any kind and size.
type sourceIgnore struct {
	patterns ignorePatterns
	git      map[string]bool
	inGit    bool
}

// sourceIgnore looks at the project. A warning says why Git is not asked.
func (op *Operation) sourceIgnore() (s sourceIgnore, warning string) {
	if data, err := os.ReadFile(filepath.Join(op.sourceDir(), ignoreFile)); err == nil {
		s.patterns = parseIgnore(string(data))
	}
	s.git, s.inGit, warning = gitIgnored(op.sourceDir())
	return s, warning
}

func (s *sourceIgnore) ignores(rel string, dir bool) bool {
	return s.git[rel] || s.patterns.ignores(rel, dir)
}

// base is the verdict on a file before the rules of the operation.
func (s *sourceIgnore) base(rel string) verdict {
	name := path.Base(rel)
	switch {
	case rel == ignoreFile, s.ignores(rel, false), s.inGit && strings.HasPrefix(name, ".git"):
		return leaveOut
	case s.inGit:
		return byRule
	}
	return byDefault
}
