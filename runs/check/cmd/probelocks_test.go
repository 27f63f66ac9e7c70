package cmd

import (
	"bytes"
	"encoding/json"
	"testing"

	"guild/runs/console"
	"guild/runs/mount"
)

func TestProbeLocks(t *testing.T) {
	var out bytes.Buffer
	if err := (&ProbeLocks{Dir: t.TempDir()}).Run(&console.Console{Out: &out}); err != nil {
		t.Fatal(err)
	}
	var r mount.Result
	if err := json.Unmarshal(out.Bytes(), &r); err != nil || r.Outcome != mount.Served {
		t.Errorf("%s: %v", out.Bytes(), err)
	}
}
