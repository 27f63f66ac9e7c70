package opdef_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef"
	"guild/opdef/flagvalue"
	"guild/opdef/project/projecttest"
)

func TestGrid(t *testing.T) {
	vals := opdef.Values{"z": "q", "b": list(false, true), "a": list("y", "x")}
	tests := []struct {
		name  string
		batch opdef.Batch
		want  []opdef.Values
	}{
		{"lists", opdef.Batch{Values: vals}, []opdef.Values{
			{"a": "y", "b": false, "z": "q"}, {"a": "y", "b": true, "z": "q"},
			{"a": "x", "b": false, "z": "q"}, {"a": "x", "b": true, "z": "q"}}},
		{"repeated", opdef.Batch{Values: opdef.Values{"a": list(2, 2)}}, []opdef.Values{{"a": 2}, {"a": 2}}},
		{"empty list", opdef.Batch{Values: opdef.Values{"a": list(), "b": list(1)}}, []opdef.Values{}},
		{"no list", opdef.Batch{Values: opdef.Values{"a": 1}}, []opdef.Values{{"a": 1}}},
		{"rows", opdef.Batch{Values: opdef.Values{"a": 1, "b": 2}, Rows: []opdef.Values{{"a": 3}, {"b": list(4, 5)}}},
			[]opdef.Values{{"a": 3, "b": 2}, {"a": 1, "b": 4}, {"a": 1, "b": 5}}},
		{"the user overrides rows", opdef.Batch{Values: opdef.Values{"a": 1, "b": list(6, 7)}, User: opdef.Values{"b": list(6, 7)},
			Rows: []opdef.Values{{"a": 3, "b": 4}}}, []opdef.Values{{"a": 3, "b": 6}, {"a": 3, "b": 7}}},
		{"initial value", opdef.Batch{Values: opdef.Values{"a": flagvalue.SearchSpace("[1:9:4]")}}, []opdef.Values{{"a": 4}}},
	}
	for _, tt := range tests {
		got, err := tt.batch.Grid(0, 1)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
		if n, err := tt.batch.Count(0); err != nil || n != len(tt.want) {
			t.Errorf("%s: count is %d, %v", tt.name, n, err)
		}
	}
	if !(&opdef.Batch{Values: vals}).Is() || (&opdef.Batch{Values: opdef.Values{"a": "[1]", "b": map[string]any{}}}).Is() {
		t.Error("a batch is not told from a run")
	}
}

func TestGridSample(t *testing.T) {
	many := make([]any, 1000)
	for i := range many {
		many[i] = i
	}
	b := opdef.Batch{Values: opdef.Values{"a": many, "b": many}}
	if _, err := b.Grid(0, 1); !errors.Is(err, opdef.ErrTooManyTrials) {
		t.Errorf("a million trials: %v", err)
	}
	got, err := b.Grid(50, 7)
	if err != nil || len(got) != 50 {
		t.Fatalf("%d trials, %v", len(got), err)
	}
	place := func(v opdef.Values) int { return v["a"].(int)*1000 + v["b"].(int) }
	for i := range got[1:] {
		if place(got[i]) >= place(got[i+1]) {
			t.Errorf("trials %v and %v are not in order, or the same", got[i], got[i+1])
		}
	}
	again, _ := b.Grid(50, 7)
	other, _ := b.Grid(50, 8)
	if !cmp.Equal(got, again) || cmp.Equal(got, other) {
		t.Error("the seed does not decide which trials are taken")
	}
	for _, name := range []string{"c", "d", "e"} {
		b.Values[name] = make([]any, 100_000)
	}
	if _, err := b.Grid(1, 1); !errors.Is(err, opdef.ErrTooManyTrials) {
		t.Errorf("10^21 combinations: %v", err)
	}
}

func TestRandom(t *testing.T) {
	b := opdef.Batch{Values: opdef.Values{"i": flagvalue.SearchSpace("[1:3]"), "f": flagvalue.SearchSpace("loguniform[0.001:1000:5]"),
		"l": list("a", "b"), "c": 9}}
	got, err := b.Random(300, 3)
	if err != nil || len(got) != 300 {
		t.Fatalf("%d trials, %v", len(got), err)
	}
	if got[0]["f"] != 5 {
		t.Errorf("the first trial is %v", got[0])
	}
	seen, small := map[any]int{}, 0
	for _, v := range got[1:] {
		f := v["f"].(float64)
		if f < 0.001 || f > 1000 || v["c"] != 9 {
			t.Errorf("trial %v", v)
		}
		if f < 1 {
			small++
		}
		seen[v["i"]]++
		seen[v["l"]]++
	}
	for _, v := range []any{1, 2, 3} {
		if seen[v] < 70 || seen[v] > 130 {
			t.Errorf("%v was drawn %d times of 300", v, seen[v])
		}
	}
	if len(seen) != 5 || small < 110 || small > 190 {
		t.Errorf("drawn %v, and %d values below 1", seen, small)
	}
	again, _ := b.Random(300, 3)
	if !cmp.Equal(got, again) {
		t.Error("the same seed draws other values")
	}
	_, err = (&opdef.Batch{Values: opdef.Values{"x": 1.0, "z": nil}}).Random(1, 1)
	projecttest.WantError(t, err, "flags for batch (x=1.0, z=null) do not contain any search dimensions")
}

func TestRows(t *testing.T) {
	op := projecttest.Find(t, projecttest.New(t, "guild.yml", flagsFile), "op")
	dir := t.TempDir()
	t.Chdir(dir)
	for name, text := range map[string]string{
		"a.csv":    "s,i,f\nx y,001,\n'1',2,[0:0.5]\n,,1\n",
		"bom.csv":  "\uFEFFs\nx\n",
		"a.json":   `[{"s": "x", "f": 1}, {"choice": "d"},]`,
		"one.yml":  "s: [a, b]\n",
		"trials":   "s\nx\n",
		"few.csv":  "s\nx,2\n",
		"wild.csv": "zzz\n1\n",
		"int.json": "3",
		"item.yml": "- [1, 2]\n",
		"bad.csv":  "i\nx\n",
		"a.txt":    "",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string][]opdef.Values{
		"a.csv":   {{"s": "x y", "i": 1}, {"s": "1", "i": 2, "f": flagvalue.SearchSpace("[0.0:0.5]")}, {"f": 1.0}},
		"bom.csv": {{"s": "x"}},
		"a.json":  {{"s": "x", "f": 1.0}, {"choice": "d", "s": "hola", "i": 456}},
		"one.yml": {{"s": list("a", "b")}},
		"trials":  {{"s": "x"}},
	} {
		got, err := op.Rows(name, false)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	for name, want := range map[string]string{
		"none.csv": "batch file ./none.csv does not exist",
		"few.csv":  "row 1 has more values than there are names",
		"wild.csv": "cannot read trials for ./wild.csv: row 1: unsupported flag 'zzz'",
		"int.json": "invalid data type for trials: expected list or dict, got int",
		"item.yml": "invalid data type for trial [1, 2]: expected dict",
		"bad.csv":  "row 1: flag 'i' must be an integer, not x",
		"a.txt":    "unsupported extension",
	} {
		_, err := op.Rows(name, false)
		projecttest.WantError(t, err, want)
	}
	if rows, err := op.Rows("wild.csv", true); err != nil || !cmp.Equal(rows, []opdef.Values{{"zzz": 1}}) {
		t.Errorf("forced rows are %v, %v", rows, err)
	}
}

func TestSaveTrials(t *testing.T) {
	op := projecttest.Find(t, projecttest.New(t, "guild.yml", "op: {main: x, flags-import: no, flags: {a: null, b: null}}"), "op")
	trials := []opdef.Values{{"a": "1", "b": 1.5}, {"a": "x, \"y\"\nz", "b": true}, {"a": nil, "b": ""}}
	for _, name := range []string{"t.csv", "t.json", "t"} {
		path := filepath.Join(t.TempDir(), name)
		if err := errors.Join(opdef.CheckTrialsPath(path), opdef.SaveTrials(path, trials, false, func(cells []string) []string { return cells })); err != nil {
			t.Fatal(err)
		}
		got, err := op.Rows(path, false)
		if err != nil {
			t.Error(err)
		}
		if d := cmp.Diff(trials, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	projecttest.WantError(t, opdef.CheckTrialsPath("a.xls"), "Unsupported extension '.xls' - use '.csv', '.json', or no extension")
}

func TestOptimizers(t *testing.T) {
	p := projecttest.New(t, "guild.yml", `
a:
  exec: x
  objective: {maximize: acc}
  default-max-trials: 5
  optimizers: {one: gp, two: {algorithm: forest, default: yes, kappa: 1.5, s: '1'}, gbrt: {}}
b: {exec: x, objective: -acc, optimizer: {algorithm: tune, x: 1}}
c: {exec: x, optimizers: [gp, forest]}
d: {exec: x, flags: {i: {min: 1, max: 9, default: 3}, f: {min: 1, max: 9}, l: {min: 0.1, max: 1, distribution: loguniform}, c: {choices: [1, x]}, n: {min: 1}}}
`)
	a := projecttest.Find(t, p, "a")
	two := opdef.Optimizer{Name: "two", Algorithm: "forest", Flags: []string{"kappa=1.5", "s='1'"}, Default: true}
	if a.Objective != "-acc" || projecttest.Find(t, p, "b").Objective != "-acc" || a.MaxTrials != 5 {
		t.Errorf("objective %s, %d trials", a.Objective, a.MaxTrials)
	}
	for _, tt := range []struct{ op, name, algorithm string }{
		{"a", "one", "gp"}, {"a", "", "forest"}, {"a", "gbrt", "gbrt"}, {"a", "other", "other"}, {"b", "", "tune"}, {"b", "tune", "tune"},
		{"d", "", "gp"},
	} {
		op := projecttest.Find(t, p, tt.op)
		got, err := op.FindOptimizer(tt.name), error(nil)
		if tt.name == "" {
			got, err = op.DefaultOptimizer()
		}
		if err != nil || got.Algorithm != tt.algorithm {
			t.Errorf("optimizer '%s' of %s is %v, %v", tt.name, tt.op, got, err)
		}
	}
	if d := cmp.Diff(two, a.FindOptimizer("two")); d != "" {
		t.Error(d)
	}
	_, err := projecttest.Find(t, p, "c").DefaultOptimizer()
	projecttest.WantError(t, err, "no default optimizer defined for c")

	vals := opdef.Values{"i": 3, "f": nil, "l": nil, "c": 1, "n": 2}
	projecttest.Find(t, p, "d").ImplySpaces(vals, opdef.Values{})
	want := opdef.Values{"i": flagvalue.SearchSpace("[1:9:3]"), "f": flagvalue.SearchSpace("[1.0:9.0]"), "l": flagvalue.SearchSpace("loguniform[0.1:1.0]"),
		"c": list(1, "x"), "n": 2}
	if d := cmp.Diff(want, vals); d != "" {
		t.Error(d)
	}
	for name, want := range map[string]string{"+": "+", "random": "skopt:random", "bayesian": "skopt:gp", "skopt:gbrt": "skopt:gbrt", "b": "b"} {
		if op, err := p.Optimizer(name); err != nil || op.FullName() != want {
			t.Errorf("optimizer %s is %v, %v", name, op, err)
		}
	}
}
