package web

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// TestScripts runs the unit tests of the page's scripts with node's own test runner.
func TestScripts(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("the tests of the page's scripts need node, which is not on the PATH")
	}
	t.Parallel()
	files, err := filepath.Glob("jstest/*.test.js")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests of scripts: %v", err)
	}
	out, err := exec.Command(node, append([]string{"--test"}, files...)...).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
