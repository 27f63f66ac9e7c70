package scalars

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guild/runs"
)

// writeAll writes files to a run, by their paths.
func writeAll(t *testing.T, r *runs.Run, files map[string]string) {
	t.Helper()
	for name, content := range files {
		writeTo(t, filepath.Join(r.Dir, name), []byte(content))
	}
}

// series lists the scalars of a run: the key with the count and the last value.
func series(t *testing.T, r *runs.Run) map[string]string {
	t.Helper()
	list, err := Read(r)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, s := range list {
		got[s.Key()] = fmt.Sprintf("%d: %s", s.Count, s.Last)
	}
	return got
}

func TestMetricFiles(t *testing.T) {
	const table = "step,loss\n1,2\n3,0.5\n"
	digest := "5e9e9b0e1f0e9b4b3ee5ba7f5b8bf6f3f3d5a0c1" // of something else
	tests := []struct {
		name  string
		files map[string]string
		want  map[string]string
	}{
		{"Lightning beside another table", map[string]string{"metrics.csv": table, "lightning_logs/version_0/metrics.csv": table},
			map[string]string{"loss": "2: 0.500000 (step 3)", "lightning_logs/version_0#loss": "2: 0.500000 (step 3)"}},
		{"the history of DVCLive, not its latest value again", map[string]string{
			"dvclive/plots/metrics/a/loss.tsv": "step\tloss\n0\t1\n1\t2\n", "dvclive/metrics.json": `{"step": 1, "a": {"loss": 2}, "best": 7}`},
			map[string]string{"a/loss": "2: 2.000000 (step 1)", "best": "1: 7.000000 (step 1)"}},
		{"one run of MLflow, besides one that was deleted", map[string]string{
			"mlruns/0/meta.yaml": "experiment_id: '0'\n", "mlruns/0/aa/meta.yaml": "run_name: fine\nlifecycle_stage: active\n", "mlruns/0/aa/metrics/loss": "1 2 3\n",
			"mlruns/0/bb/meta.yaml": "run_name: gone\nlifecycle_stage: deleted\n", "mlruns/0/bb/metrics/loss": "1 9 3\n"},
			map[string]string{"loss": "1: 2.000000 (step 3)"}},
		{"several runs of MLflow", map[string]string{
			"mlruns/0/aa11/meta.yaml": "run_name: one\n", "mlruns/0/aa11/metrics/x": "1 1 1\n",
			"mlruns/0/bb22/meta.yaml": "run_name: [\n", "mlruns/0/bb22/metrics/x": "1 2 1\n",
			"mlruns/1/cc33/meta.yaml": "run_name: one\n", "mlruns/1/cc33/metrics/x": "1 3 1\n"},
			map[string]string{"mlruns/one-aa11#x": "1: 1.000000 (step 1)", "mlruns/bb22#x": "1: 2.000000 (step 1)", "mlruns/one-cc33#x": "1: 3.000000 (step 1)"}},
		{"source code and dependencies are no results", map[string]string{"metrics.csv": table, "data/metrics.json": `{"a": 1}`, "metrics.jsonl": "",
			".guild/manifest": "s metrics.csv " + sha1Of(table) + " metrics.csv\nd data\n"}, map[string]string{}},
		{"source code that the run changed", map[string]string{"metrics.csv": table, ".guild/manifest": "s metrics.csv " + digest + " metrics.csv\n"},
			map[string]string{"loss": "2: 0.500000 (step 3)"}},
		{"files that are named", map[string]string{"out/log.csv": table, "out/x.txt": `{"x": 1}`, ".guild/attrs/metric_files": "[out/*]"},
			map[string]string{"out#loss": "2: 0.500000 (step 3)", "out#x": "1: 1.000000 (step 0)"}},
		{"none but those that are named", map[string]string{"out/log.csv": table, "metrics.csv": table, ".guild/attrs/metric_files": "['no', out/log.csv]"},
			map[string]string{"out#loss": "2: 0.500000 (step 3)"}},
		{"names that are none", map[string]string{"metrics.csv": table, ".guild/attrs/metric_files": "{a: 1}"}, map[string]string{"loss": "2: 0.500000 (step 3)"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRun(t, t.TempDir())
			writeAll(t, r, tt.files)
			if diff := cmp.Diff(tt.want, series(t, r)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func sha1Of(content string) string {
	f, err := os.CreateTemp("", "")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	if _, err := f.WriteString(content); err != nil {
		panic(err)
	}
	_ = f.Close()
	return digestOf(f.Name())
}

// TestLastLine: a last line without an end is one while the run is being executed, and part of the file once the run has completed.
func TestLastLine(t *testing.T) {
	const table = "step,loss\n1,2\n3,0.5"
	r := newRun(t, t.TempDir())
	writeAll(t, r, map[string]string{"metrics.csv": table, ".guild/PENDING": ""})
	if diff := cmp.Diff(map[string]string{"loss": "1: 2.000000 (step 1)"}, series(t, r)); diff != "" {
		t.Error(diff)
	}
	r = newRun(t, t.TempDir())
	writeAll(t, r, map[string]string{"metrics.csv": table, ".guild/attrs/exit_status": "0\n"})
	if diff := cmp.Diff(map[string]string{"loss": "2: 0.500000 (step 3)"}, series(t, r)); diff != "" {
		t.Error(diff)
	}
}

// TestMetricFilesBesideEvents: a series that is in an event file and in a table is read once.
func TestMetricFilesBesideEvents(t *testing.T) {
	r := newRun(t, t.TempDir())
	w := NewWriter(r)
	w.Scalar("loss", 1, 5, time.Unix(1700000000, 0))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	writeAll(t, r, map[string]string{"metrics.csv": "step,loss,acc,timestamp\n1,2,3,1700000001\n"})
	want := map[string]string{"loss": "1: 1.000000 (step 5)", "acc": "1: 3.000000 (step 1)"}
	if diff := cmp.Diff(want, series(t, r)); diff != "" {
		t.Error(diff)
	}
	var times []int64
	if err := Each(r, func(_, _ string, _ Point, at time.Time) { times = append(times, at.Unix()) }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{1700000000, 1700000001}, times); diff != "" {
		t.Error(diff)
	}
}

// TestMetricFilesBesideTexts: a text of the same name in an event file is not the series.
func TestMetricFilesBesideTexts(t *testing.T) {
	r := newRun(t, t.TempDir())
	w := NewWriter(r)
	w.Text("loss", "low", time.Unix(1700000000, 0))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	writeAll(t, r, map[string]string{"metrics.csv": "step,loss\n1,2\n"})
	if diff := cmp.Diff(map[string]string{"loss": "1: 2.000000 (step 1)"}, series(t, r)); diff != "" {
		t.Error(diff)
	}
}

// TestMetricFilesOfSteps: metrics of a step are named after the step, whose own attribute names its files.
func TestMetricFilesOfSteps(t *testing.T) {
	base := t.TempDir()
	r, step := newRun(t, filepath.Join(base, "pipeline")), newRun(t, filepath.Join(base, "step"))
	writeAll(t, step, map[string]string{"x.csv": "step,a\n1,2\n", ".guild/attrs/metric_files": "[x.csv]", "metrics.json": `{"b": 1}`})
	writeAll(t, r, map[string]string{"metrics.json": `{"c": 1}`, "x.csv": "step,a\n1,2\n"})
	if err := os.Symlink(step.Dir, filepath.Join(r.Dir, "train")); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"c": "1: 1.000000 (step 0)", "train#a": "1: 2.000000 (step 1)", "train#b": "1: 1.000000 (step 0)"}
	if diff := cmp.Diff(want, series(t, r)); diff != "" {
		t.Error(diff)
	}
}

// TestManySeries: reading stops at a limit, since a file can have generated names.
func TestManySeries(t *testing.T) {
	r := newRun(t, t.TempDir())
	var b strings.Builder
	for i := range maxSeries + 5 {
		fmt.Fprintf(&b, "{\"n%d\": 1}\n", i)
	}
	writeAll(t, r, map[string]string{"metrics.jsonl": b.String()})
	if n := len(series(t, r)); n != maxSeries {
		t.Errorf("%d series", n)
	}
}

// keeper is a runs.Source of an ended run that stores derived values. Stamps are 1 unless the test changes them.
type keeper struct {
	runs.Source
	derived []byte
	stamp   int64
	stamps  int // number of requested stamps
}

func (k *keeper) File(string, string) ([]byte, bool, bool) { return nil, false, false }
func (k *keeper) Phase() string                            { return "" }
func (k *keeper) Has(string) (bool, bool)                  { return false, false }
func (k *keeper) CanKeep() bool                            { return true }
func (k *keeper) Derived(string) ([]byte, bool)            { return k.derived, k.derived != nil }
func (k *keeper) KeepDerived(_ string, _ int64, d []byte)  { k.derived = d }
func (k *keeper) Stamp(string) (int64, error)              { k.stamps++; return k.stamp, nil }

// TestReadOnce: the files of an ended run are read once, also if there are many, and again after a stamp has changed.
func TestReadOnce(t *testing.T) {
	for _, files := range []int{0, 1, 2 * maxPaths} {
		r := newRun(t, t.TempDir())
		for i := range files {
			writeAll(t, r, map[string]string{fmt.Sprintf("mlruns/0/aa/metrics/m%d", i): "1 2 3\n"})
		}
		k := &keeper{stamp: 1}
		view := runs.NewView("a", r.Dir, k)
		count := func() int {
			t.Helper()
			list, err := Read(&view)
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		if n := count(); n != files {
			t.Fatalf("%d series, want %d", n, files)
		}
		k.stamps = 0
		writeAll(t, r, map[string]string{"metrics.csv": "loss\n1\n"}) // the fake stamps do not show this change
		if n := count(); n != files || k.stamps > maxPaths {
			t.Errorf("%d series the second time, want %d, after %d stamps", n, files, k.stamps)
		}
		k.stamp = 2
		if n := count(); n != files+1 {
			t.Errorf("%d series after a change, want %d", n, files+1)
		}
	}
}

// TestLogged reads what the Python package writes: from several processes, with an incomplete last line, and after a restart.
func TestLogged(t *testing.T) {
	r := newRun(t, t.TempDir())
	writeAll(t, r, map[string]string{
		".guild/logged.host-1.jsonl":       `{"step": 0, "wall_time": 1700000000.5, "loss": 3, "epoch": 1}` + "\n" + `{"step": 1, "wall_time": 1700000001, "loss": NaN}` + "\n" + `{"step": 2, "lo`,
		".guild/logged.host-2.jsonl":       `{"step": 5, "wall_time": 1700000002, "loss": 1}` + "\n",
		".guild/logged.host-1.attrs.jsonl": `{"data": "v1", "n": [1]}` + "\n" + `{"data": "v2"}` + "\n" + `{"data": `,
		".guild/other.jsonl":               `{"x": 1}` + "\n",
		"metrics.csv":                      "step,loss\n9,9\n",
	})
	want := map[string]string{"loss": "3: 1.000000 (step 5)", "epoch": "1: 1.000000 (step 0)"}
	if diff := cmp.Diff(want, series(t, r)); diff != "" {
		t.Error(diff)
	}
	attrs, err := Attrs(r)
	if diff := cmp.Diff(map[string]string{"data": "v2", "n": "[1]"}, attrs); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if err := Clear(r); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"loss": "1: 9.000000 (step 9)"}, series(t, r)); diff != "" {
		t.Error(diff)
	}
}
