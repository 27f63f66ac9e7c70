package merge

import (
	"fmt"
	"os/exec"
	"strings"
)

// Git is the state of a directory according to Git.
type Git struct {
	known    map[string]bool // files that are tracked or not ignored; paths below the directory, with slashes
	unstaged map[string]bool // those of them whose current content is not in Git's index
}

// ReadGit asks Git about a directory. ok is false if the directory is not in a repository, or Git is not installed.
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
		if strings.ContainsAny(e[:2], "RC") { // the next entry is the old name
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

// Lost returns those of the files whose content Git could not restore: files that it does not know, and files with changes that are not
// staged.
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
