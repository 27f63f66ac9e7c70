package opdef

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// gitIgnored lists what Git ignores in a project that it knows: paths with slashes, those of directories standing for all that
// is in them. ok is false where the project is none of Git's, warning tells why it is taken for none although it is.
func gitIgnored(dir string) (ignored map[string]bool, ok bool, warning string) {
	if !inGitRepository(dir) {
		return nil, false, ""
	}
	cmd := exec.Command("git", "ls-files", "-z", "--ignored", "--others", "--cached", "--exclude-standard", "--directory")
	cmd.Dir = dir
	out, err := cmd.Output()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		if os.Getenv("NO_WARN_GIT_MISSING") != "1" {
			warning = "the project is one of Git's, which is not installed, so what Git ignores may be copied; " +
				"install git, or set NO_WARN_GIT_MISSING=1"
		}
		return nil, false, warning
	case err != nil:
		return nil, false, "" // a directory .git that is no repository
	}
	ignored = map[string]bool{}
	for path := range strings.SplitSeq(string(out), "\x00") {
		if path == "./" {
			return nil, false, "" // the project is in a directory that its repository ignores as a whole
		}
		if path != "" {
			ignored[strings.TrimSuffix(path, "/")] = true
		}
	}
	return ignored, true, ""
}

func inGitRepository(dir string) bool {
	for {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return false
		}
		dir = parent
	}
}
