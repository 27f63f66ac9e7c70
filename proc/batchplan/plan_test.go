package batchplan

import (
	"os"
	"testing"

	"guild/runs"
)

// TestUnreadable expects an error for a batch with a damaged attribute, which would otherwise make other trials.
func TestUnreadable(t *testing.T) {
	s := runs.Open(t.TempDir())
	for _, attr := range []string{"", AttrMaxTrials, "random_seed", AttrObjective, AttrTrials, AttrSpaces, "run_params"} {
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
		if _, err := Read(r); (err != nil) != (attr != "") {
			t.Errorf("with damage to %q: %v", attr, err)
		}
	}
}
