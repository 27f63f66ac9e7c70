package source

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"guild/runs/dirmode"
	"guild/runs/plainfile"
)

// gitIgnored returns the paths, with slashes, that Git ignores in a project, and whether each is a directory; a directory stands for
// everything in it. If more is not empty, it is a file with additional patterns in the form of .gitignore. ok is false if the project is
// not in a Git repository. A warning says why Git could not be asked although it is in one.
func gitIgnored(dir, more string) (ignored map[string]bool, ok bool, warning string) {
	if !inGitRepository(dir) {
		return nil, false, ""
	}
	args := []string{"ls-files", "-z", "--ignored", "--others", "--cached", "--exclude-standard", "--directory"}
	if more != "" {
		args = append(args, "--exclude-from", more)
	}
	out, err := gitOutput(dir, args...)
	switch {
	case errors.Is(err, exec.ErrNotFound):
		if os.Getenv("NO_WARN_GIT_MISSING") != "1" {
			warning = "the project is one of Git's, which is not installed, so what Git ignores may be copied; " +
				"install git, or set NO_WARN_GIT_MISSING=1"
		}
		return nil, false, warning
	case err != nil:
		return nil, false, "" // a directory .git that is not a repository
	}
	ignored = map[string]bool{}
	for path := range strings.SplitSeq(out, "\x00") {
		if path == "./" {
			return nil, false, "" // the repository ignores the directory of the project as a whole
		}
		if name, isDir := strings.CutSuffix(path, "/"); name != "" {
			ignored[name] = isDir
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

// Commit returns the latest Git commit that changed something in a directory, as git:HASH, followed by a star if the repository has
// uncommitted changes. It returns an empty string if there is none, or if Git must not be asked. Finding the commit requires a walk through
// the history, so the result is stored in the directory cache, if that is not empty, until there is a new commit.
func Commit(dir, cache string) string {
	if dir == "" || os.Getenv("NO_VCS_COMMIT") == "1" || !inGitRepository(dir) {
		return ""
	}
	status, err := gitOutput(dir, "--no-optional-locks", "status", "--porcelain=v2", "--branch") // no locks: several runs are made at the same time
	if err != nil {
		return ""
	}
	head, changed := "", ""
	for line := range strings.Lines(status) {
		if !strings.HasPrefix(line, "#") {
			changed = "*"
		} else if oid, ok := strings.CutPrefix(line, "# branch.oid "); ok {
			head = strings.TrimSpace(oid)
		}
	}
	if head == "" || head == "(initial)" {
		return ""
	}
	commit := latestCommit(dir, head, cache)
	if commit == "" {
		return ""
	}
	return "git:" + commit + changed
}

// latestCommit returns the latest commit, up to head, that changed something in dir.
func latestCommit(dir, head, cache string) string {
	kept := filepath.Join(cache, fmt.Sprintf("%x", sha256.Sum256([]byte(dir)))[:32])
	if cache != "" {
		data, _ := plainfile.Read(kept)
		if f := strings.Fields(string(data)); len(f) == 2 && f[0] == head {
			return f[1]
		}
	}
	commit, err := gitOutput(dir, "log", "-1", "--format=%H", head, "--", ".")
	if err != nil {
		return ""
	}
	commit = strings.TrimSpace(commit)
	if cache != "" && dirmode.MakeAll(cache) == nil {
		_ = os.WriteFile(kept, []byte(head+" "+commit+"\n"), 0o666) // a reader that finds an incomplete file asks Git itself
	}
	return commit
}

func gitOutput(dir string, args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	return string(out), err
}
