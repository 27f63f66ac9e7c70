package recipe

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guild/opdef"
	"guild/runs"
	"guild/runs/pyyaml"
)

// runOfGuildAI makes a run directory with the attribute op as Guild AI 0.9.1 writes it.
func runOfGuildAI(t *testing.T, op string) *runs.Run {
	t.Helper()
	r := runs.At(t.TempDir())
	if err := os.MkdirAll(r.GuildPath("attrs"), 0o777); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{r.GuildPath("attrs", "op"): op, r.GuildPath("opref"): "guildfile:/project/guild.yml abc m op", r.Path("train.py"): ""} {
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func TestGuildAIRecipe(t *testing.T) {
	r := runOfGuildAI(t, `
delete-on-success: false
deps:
- location: /project
  name: data
  sources:
  - file: data.txt
- config:
    operation:prep: abc
  location: /elsewhere
  name: other
  sources:
  - file: a.txt
  - config: c.yml
  - file: /abs/b.txt
  - operation: prep
    select: out.txt
flag-null-labels: {}
flags-extra: {}
label-template: null
op-cmd:
  cmd-args: ['${python_exe}', '-um', guild.op_main, train, '--', __flag_args__]
  cmd-env: {FLAGS_DEST: globals, GUILD_PLUGINS: cpu, PROJECT_DIR: /project}
  cmd-flags: {x: {}}
  flags-dest: globals
output-attrs: null
output-scalars: null
python-requires: null
sourcecode: {dest: .}
`)
	rec, err := Read(r)
	if err != nil {
		t.Fatal(err)
	}
	if rec.ProjectDir != "/project" || rec.LabelTemplate != opdef.DefaultLabel || !rec.OutputScalars.IsDefault() {
		t.Errorf("project %q, label %q, scalars %+v", rec.ProjectDir, rec.LabelTemplate, rec.OutputScalars)
	}
	var refs []string
	for _, res := range rec.Requires {
		for i := range res.Sources {
			refs = append(refs, res.Sources[i].URI())
		}
	}
	if got, want := strings.Join(refs, " "), "file:data.txt file:/elsewhere/a.txt config:/elsewhere/c.yml file:/abs/b.txt operation:prep"; got != want {
		t.Errorf("sources %s, want %s", got, want)
	}
	if got, want := strings.Join(rec.Command.Args, " "), "${python_exe} -um guild.op_main train -- __flag_args__"; got != want {
		t.Errorf("command %s, want %s", got, want)
	}
	// What is written of it is read again without a conversion.
	if err := r.SetAttr("op", rec.Data()); err != nil {
		t.Fatal(err)
	}
	again, err := Read(r)
	if err != nil || again.Command.Args[3] != "train" || again.Command.Env[opdef.DestVar] != "globals" || again.ProjectDir != rec.ProjectDir || len(again.Requires) != len(rec.Requires) {
		t.Errorf("%+v, %v", again, err)
	}
}

// TestGuildAIProject finds the project of a run without the variable that Guild AI sets.
func TestGuildAIProject(t *testing.T) {
	r := runOfGuildAI(t, "op-cmd: {cmd-args: [touch, a], flags-dest: args}\nsourcecode: {dest: .}\n")
	rec, err := Read(r)
	if err != nil || rec.ProjectDir != filepath.FromSlash("/project") {
		t.Errorf("%+v, %v", rec, err)
	}
}

// TestForGuildAI: what Guild AI needs to start a run is recorded, and is not part of the recipe that is read.
func TestForGuildAI(t *testing.T) {
	r := runOfGuildAI(t, "{}")
	rec := &Recipe{ProjectDir: "/project", Source: SourcePlace{Dest: "src"},
		Command: opdef.Command{Args: []string{"${python_exe}", "-um", "guild.op_main", "src/train", "--", opdef.FlagArgs},
			Env: map[string]any{opdef.DestVar: "globals"}, FlagsDest: "globals"},
	}
	if err := pyyaml.SetFields(map[string]any{"deps": []any{map[string]any{"sources": []any{"a.txt"}}}}, rec); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it is the recipe that was read
		rec.Data()
		data := rec.Data()
		dep, _ := data["deps"].([]any)[0].(map[string]any)
		env, _ := data["op-cmd"].(map[string]any)["cmd-env"].(map[string]any)
		if dep["location"] != "/project" || env["PYTHONPATH"] != "src" || env[opdef.DestVar] != "globals" {
			t.Errorf("%v", data)
		}
		if err := r.SetAttr("op", data); err != nil {
			t.Fatal(err)
		}
		var err error
		if rec, err = Read(r); err != nil {
			t.Fatal(err)
		}
		if len(rec.Command.Env) != 1 || len(rec.Requires) != 1 || rec.Requires[0].Sources[0].URI() != "file:a.txt" {
			t.Errorf("%+v", rec)
		}
	}
}
