package opdef_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"guild/opdef"
	"guild/opdef/flagvalue"
	"guild/opdef/project"
	"guild/opdef/project/projecttest"
)

// aValues are values of every kind of flag.
var aValues = opdef.Values{"i": 1234, "f": -9.5e300, "b": true, "s": "a b", "n": nil, "l": list(1, "x", nil), "m": map[string]any{"k": 1}}

// FuzzLabel expands templates of labels: unknown filters are ignored, and no template makes a label longer than the sum of its parts.
func FuzzLabel(f *testing.F) {
	for _, s := range []string{"${i|%}", "${f|%.3f|default:x}", "${s|unquote}${s|basename}", `\${x|default:1}`, "${default_label|", "${l|%999d}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, template string) {
		const longest = 1000 // of a value that is written to a width or a precision
		if label := opdef.Label(template, aValues); len(label) > (len(template)+1)*longest {
			t.Errorf("a label of %d characters", len(label))
		}
	})
}

// FuzzStep parses a step of a guild.yml, and makes the arguments of guild run from it.
func FuzzStep(f *testing.F) {
	for _, s := range []string{"train x=1 y=${i}", "'a b' -l '${s' --tag", "m:op @f.csv -m 3", "--stage train", "${s} ${}=${n}", "-", "op x='"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		dir := t.TempDir()
		projecttest.WriteFiles(t, dir, "guild.yml", "op:\n  steps: ["+quoteYAML(line)+"]\n")
		p, err := project.Load(dir)
		if err != nil {
			return
		}
		for _, op := range p.Operations() {
			for _, s := range op.Steps {
				args, err := s.RunArgs(op.FullName(), aValues)
				if err == nil && (len(args) == 0 || s.OpSpec == "") {
					t.Errorf("step %q runs nothing: %q", line, args)
				}
			}
		}
	})
}

// quoteYAML returns a text in double quotes.
func quoteYAML(text string) string {
	return `"` + strings.NewReplacer("\\", "\\\\", `"`, `\"`, "\n", "\\n", "\r", "\\r", "\x00", "\\0").Replace(text) + `"`
}

// FuzzAssignment parses what users write for a flag: values, lists, sequences such as range[1:9], and search spaces.
func FuzzAssignment(f *testing.F) {
	for _, s := range []string{"[1,2]", "range[1:9:2]", "linspace[0:1:5]", "logspace[0:3]", "[0.1:1.0]", "loguniform[1e-5:1]", "[1]*4", "range[0:1:1e-9]",
		"[1]*999999999", "range[:]", "uniform[", "1e999", "'", "[[1,2],[3]]", "range[1:9:-1]", "linspace[1:2:1e18]", "logspace[0:9999:3]", "range[nan:inf]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		op := &opdef.Operation{Name: "op", Flags: []*opdef.Flag{{Name: "x"}}}
		vals, err := op.Values([]string{"x=" + text}, false)
		if err != nil {
			return
		}
		if l, isList := vals["x"].([]any); isList && len(l) > 1_000_000 {
			t.Errorf("a list of %d values", len(l))
		}
		flagvalue.ParseSearchSpace(text)
		_ = flagvalue.FormatAssignments(vals, true)
	})
}

// FuzzRows parses a file of trials.
func FuzzRows(f *testing.F) {
	f.Add("t.csv", "x,y\n1,2\n\"a\nb\",\n")
	f.Add("t.json", `[{"x": 1}, {"x": [1, 2]}]`)
	f.Add("t.yaml", "- {x: &a 1}\n- {x: *a}\n- 3\n")
	f.Fuzz(func(t *testing.T, name, text string) {
		if !slices.Contains([]string{".csv", ".json", ".yml", ".yaml"}, filepath.Ext(name)) || filepath.Base(name) != name || len(name) > 100 || strings.ContainsRune(name, 0) {
			return
		}
		dir := t.TempDir()
		projecttest.WriteFiles(t, dir, name, text)
		op := &opdef.Operation{Name: "op", Flags: []*opdef.Flag{{Name: "x"}}}
		rows, err := op.Rows(filepath.Join(dir, name), true)
		if err == nil {
			opdef.TrialTable(rows)
		}
	})
}

// FuzzResource parses what an operation requires.
func FuzzResource(f *testing.F) {
	f.Add("file: 'a-${x}'\nrename: '([a-z]+) \\\\1'\nselect: ['a.*']")
	f.Add("operation: train\nselect-min: loss")
	f.Add("- url: http://x/y.zip\n  sha256: abc\n  unpack: no\n- config: c.yml\n  params: {a: 1}")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		projecttest.WriteFiles(t, dir, "guild.yml", "op:\n  exec: x\n  requires:\n    "+strings.ReplaceAll(text, "\n", "\n    ")+"\n")
		p, err := project.Load(dir)
		if err != nil {
			return
		}
		for _, op := range p.Operations() {
			if _, err := op.Requires(aValues); err == nil {
				op.RequiredRuns()
			}
		}
	})
}
