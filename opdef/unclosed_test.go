package opdef

import (
	"strings"
	"testing"

	"guild/opdef/flagvalue"
)

// TestUnclosedFlag: such a value is refused in an assignment, and there is a way to write the text.
func TestUnclosedFlag(t *testing.T) {
	op := &Operation{Name: "op", Flags: []*Flag{{Name: "x"}, {Name: "n", Type: flagvalue.TypeInt}, {Name: "s", Type: flagvalue.TypeString}}}
	for _, assign := range []string{"x=[1,2", "n=[1,2", "x={a: 1"} {
		_, err := op.Values([]string{assign}, false)
		if err == nil || !strings.Contains(err.Error(), "is not closed") {
			t.Errorf("%s: %v", assign, err)
		}
	}
	for assign, want := range map[string]string{`x="[1,2"`: "[1,2", `s=[1,2`: "[1,2"} {
		name, _, _ := strings.Cut(assign, "=")
		if vals, err := op.Values([]string{assign}, false); err != nil || vals[name] != want {
			t.Errorf("%s: %v, %v", assign, vals, err)
		}
	}
	if vals, err := op.Values([]string{"x=[1,2"}, true); err != nil || vals["x"] != "[1,2" {
		t.Errorf("forced: %v, %v", vals, err)
	}
	// The written form of such a text is read as that text.
	if v, err := op.Values([]string{"x=" + flagvalue.Format("[1,2")}, false); err != nil || v["x"] != "[1,2" {
		t.Errorf("%s: %v, %v", flagvalue.Format("[1,2"), v, err)
	}
}
