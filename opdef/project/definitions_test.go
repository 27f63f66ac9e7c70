package project_test

import (
	"path/filepath"
	"testing"

	"guild/opdef/project"
	"guild/opdef/project/projecttest"
	"guild/runs/opref"
)

func TestDefinitions(t *testing.T) {
	dir := t.TempDir()
	projecttest.WriteFiles(t, dir, "guild.yml", "train:\n  exec: echo\n  compare: [loss]\n")
	ref := opref.Ref{PkgType: opref.Guildfile, PkgName: filepath.Join(dir, "guild.yml"), Op: "train"}
	var d project.Definitions
	op := d.Of(ref)
	if op == nil || op.Name != "train" || len(op.Compare) != 1 {
		t.Fatalf("%+v", op)
	}
	if d.Of(ref) != op {
		t.Error("the project was read twice")
	}
	for name, change := range map[string]func(*opref.Ref){
		"another operation": func(r *opref.Ref) { r.Op = "test" },
		"another model":     func(r *opref.Ref) { r.Model = "m" },
		"a script":          func(r *opref.Ref) { r.PkgType = opref.Script },
		"no project":        func(r *opref.Ref) { r.PkgName = filepath.Join(dir, "none", "guild.yml") },
	} {
		other := ref
		change(&other)
		if op := d.Of(other); op != nil {
			t.Errorf("%s: %+v", name, op)
		}
	}
}
