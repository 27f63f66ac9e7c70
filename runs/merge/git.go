package merge

import (
	"fmt"
	"os/exec"
	"strings"
)

// Git is what git knows of a directory.
type Git struct {
	known    map[string]bool // files that it has, or would take; paths below the directory with slashes
	unstaged map[string]bool // of these, files that are not, or not as they are, in its index
}

// ReadGit asks git for a directory. ok is false where that is in no repository, or there is no git.
func ReadGit(dir string) (g Git, ok bool, err error) {
	prefix, err := git(dir, "rev-parse", "--show-prefix")
	if err != nil {
		return g, false, nil
	}
	prefix = strings.TrimSpace(prefix)
	files, err := git(dir, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return g, false, err
	}
	status, err := git(dir, "status", "-z", "--porcelain", "--untracked-files=all", "--", ".")
	if err != nil {
		return g, false, err
	}
	g = Git{known: map[string]bool{}, unstaged: map[string]bool{}}
	for name := range strings.SplitSeq(files, "\x00") {
		g.known[name] = true
	}
	entries := strings.Split(status, "\x00")
	for i := 0; i < len(entries); i++ {
		e := entries[i]
		if len(e) < 4 {
			continue
		}
		if strings.ContainsAny(e[:2], "RC") { // its old name follows
			i++
		}
		if e[1] != ' ' {
			g.unstaged[strings.TrimPrefix(e[3:], prefix)] = true
		}
	}
	return g, true, nil
}

func git(dir string, args ...string) (string, error) {
	out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).Output()
	if err != nil {
		return "", fmt.Errorf("git %s in %s: %w", args[0], dir, err)
	}
	return string(out), nil
}

// Lost are those of the files whose content git could not bring back: files that it does not know, or else files whose changes
// are not staged.
func (g Git) Lost(files []string) (unknown, unstaged []string) {
	for _, name := range files {
		switch {
		case !g.known[name]:
			unknown = append(unknown, name)
		case g.unstaged[name]:
			unstaged = append(unstaged, name)
		}
	}
	return unknown, unstaged
}
