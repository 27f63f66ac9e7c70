package recipe

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guild/opdef"
	"guild/runs"
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
	if got, want := strings.Join(rec.Command.Args, " "), "${python_exe} -u ${guild_main} globals __flag_args__ train.py"; got != want {
		t.Errorf("command %s, want %s", got, want)
	}
	// What is written of it is read again without a conversion.
	if err := r.SetAttr("op", rec.Data()); err != nil {
		t.Fatal(err)
	}
	again, err := Read(r)
	if err != nil || again.Command.Args[3] != "globals" || again.ProjectDir != rec.ProjectDir || len(again.Requires) != len(rec.Requires) {
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
