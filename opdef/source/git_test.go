package source_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"guild/opdef/project/projecttest"
)

// TestCommit: the commit is the last one that changed the project, which need not be the latest of its repository, with a mark for later
// changes.
func TestCommit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	t.Setenv("NO_VCS_COMMIT", "")
	repo := t.TempDir()
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", repo, "-c", "user.name=n", "-c", "user.email=e"}, args...)...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	cache := filepath.Join(t.TempDir(), "commits")
	commit := func() string {
		op := projecttest.Find(t, projecttest.Load(t, filepath.Join(repo, "p")), "op")
		got := op.Commit(cache)
		for _, again := range []string{op.Commit(cache), op.Commit("")} {
			if again != got {
				t.Errorf("%q, then %q", got, again)
			}
		}
		return got
	}
	projecttest.WriteFiles(t, repo, "p/guild.yml", "op: {main: x}", "p/x.py", "")
	if got := commit(); got != "" {
		t.Errorf("outside of a repository: %q", got)
	}
	git("init", "-q")
	if got := commit(); got != "" {
		t.Errorf("without any commit: %q", got)
	}
	git("add", ".")
	git("commit", "-q", "-m", "1")
	want := "git:" + git("rev-parse", "HEAD")
	projecttest.WriteFiles(t, repo, "other.txt", "")
	if got := commit(); got != want+"*" {
		t.Errorf("changed: %q, want %q", got, want+"*")
	}
	git("add", ".")
	git("commit", "-q", "-m", "2")
	if got := commit(); got != want {
		t.Errorf("after a commit elsewhere: %q, want %q", got, want)
	}
	t.Setenv("NO_VCS_COMMIT", "1")
	if got := commit(); got != "" {
		t.Errorf("with NO_VCS_COMMIT: %q", got)
	}
}
