package required

import (
	"os"
	"strings"
	"testing"

	"guild/runs"
)

func TestUnfinished(t *testing.T) {
	r := runs.At(t.TempDir())
	if got := Unfinished(r, runs.Error); got != "" {
		t.Errorf("a directory that is no run: %s", got)
	}
	if err := os.Mkdir(r.GuildPath(), 0o777); err != nil {
		t.Fatal(err)
	}
	for status, warned := range map[runs.Status]bool{runs.Error: true, runs.Terminated: true, runs.Completed: false, runs.Staged: false} {
		if got := Unfinished(r, status); strings.Contains(got, "did not complete ("+string(status)+")") != warned {
			t.Errorf("%s: %q", status, got)
		}
	}
}
