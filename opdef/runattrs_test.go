package opdef_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef/project/projecttest"
)

func TestRunAttrs(t *testing.T) {
	p := projecttest.New(t, "guild.yml", "a: {main: x, run-attrs: {team: blue, id: 1, flags: {x: 1}, n: {y: 1}}}\nb: {main: x, run-attrs: }\n")
	attrs, reserved := projecttest.Find(t, p, "a").CustomAttrs()
	if d := cmp.Diff(map[string]any{"team": "blue", "n": map[string]any{"y": 1}}, attrs); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"flags", "id"}, reserved); d != "" {
		t.Error(d)
	}
	if attrs, reserved = projecttest.Find(t, p, "b").CustomAttrs(); len(attrs) > 0 || reserved != nil {
		t.Errorf("attributes are %v, %v", attrs, reserved)
	}
}
