package proc

import (
	"os"
	"testing"

	"guild/runs"
)

// TestPlanThatCannotBeRead has batches that would make other trials than they were to make.
func TestPlanThatCannotBeRead(t *testing.T) {
	s := runs.Open(t.TempDir())
	for _, attr := range []string{"", attrMaxTrials, "random_seed", attrObjective, attrTrials, attrSpaces, "run_params"} {
		d, err := s.Draft("")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Proto(); err != nil {
			t.Fatal(err)
		}
		r, err := d.Commit(runs.Pending)
		if err != nil {
			t.Fatal(err)
		}
		if attr != "" {
			if err := os.WriteFile(r.GuildPath("attrs", attr), []byte("a: ["), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := readPlan(r); (err != nil) != (attr != "") {
			t.Errorf("with damage to %q: %v", attr, err)
		}
	}
}
