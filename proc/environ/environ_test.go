package environ

import (
	"strings"
	"testing"
)

// TestOuterList expects that no variable of the run that started this process is passed on.
func TestOuterList(t *testing.T) {
	for _, k := range append(runVariables[:], "FLAG_X") {
		t.Setenv(k, "outer")
	}
	for _, kv := range OuterList() {
		if strings.HasSuffix(kv, "=outer") {
			t.Errorf("%s is passed on", kv)
		}
	}
}
