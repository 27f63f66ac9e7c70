package metrics

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// valuesOf lists the values of a file as TAG VALUE @STEP.
func valuesOf(t *testing.T, name, content string, whole bool) []string {
	t.Helper()
	f, ok := Finder{Patterns: []string{"more/*"}}.Find(name)
	if !ok {
		t.Fatalf("%s has no metrics", name)
	}
	var got []string
	if err := f.Read(strings.NewReader(content), whole, func(v Value) {
		text := fmt.Sprintf("%s %v @%d", v.Tag, v.Value, v.Step)
		if !v.Time.IsZero() {
			text += v.Time.UTC().Format(" 15:04:05.000")
		}
		got = append(got, text)
	}); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestRead(t *testing.T) {
	tests := []struct {
		name, file, content string
		want                []string
	}{
		{"Lightning, whose rows have the metrics of a moment", "metrics.csv",
			"epoch,step,train_loss,val_loss\n0,9,0.5,\n0,9,,0.75\n1,19,0.25,\n",
			[]string{"epoch 0 @9", "train_loss 0.5 @9", "epoch 0 @9", "val_loss 0.75 @9", "epoch 1 @19", "train_loss 0.25 @19"}},
		{"Keras, whose step is the epoch", "metrics.csv", "epoch,acc\r\n0,0.5\r\n1,0.75\r\n", []string{"acc 0.5 @0", "acc 0.75 @1"}},
		{"no step", "metrics.csv", "loss\n3\n2\n", []string{"loss 3 @0", "loss 2 @1"}},
		{"spaces, a byte order mark and quotes", "metrics.csv", "\ufeffstep, \"a, b\"\n1, \"2\"\n", []string{"a, b 2 @1"}},
		{"semicolons", "more/log.csv", "step;loss\n1;2\n", []string{"loss 2 @1"}},
		{"no numbers, and special ones", "metrics.csv", "step,a,b\n1,x,nan\n2,-inf,0x10\n3,1_0,True\n",
			[]string{"b NaN @1", "a -Inf @2"}},
		{"a step that goes back, that is none, and that is missing", "metrics.csv", "a,step\n1,5\n2,3\n3,x\n4\n5,\n6,7.0\n",
			[]string{"a 1 @5", "a 2 @3", "a 6 @7"}},
		{"a header again, with other columns", "metrics.csv", "step,a\n1,2\nstep,b\n1,3\n", []string{"a 2 @1", "b 3 @1"}},
		{"damage in the middle", "metrics.csv", "step,a\n1,2\n\x00\x00\x00\x00\n\"\n2,3\n", []string{"a 2 @1", "a 3 @2"}},
		{"a line that is too long", "metrics.csv", "step,a\n" + strings.Repeat("9", maxLine+1) + "\n2,3\n", []string{"a 3 @2"}},
		{"nothing", "metrics.csv", "", nil},

		{"lines of objects", "metrics.jsonl", `{"step": 3, "loss": 0.1}` + "\n" + `{"step": 4, "val": {"loss": 2}, "n": "1", "ok": true, "l": [1]}`,
			[]string{"loss 0.1 @3", "val/loss 2 @4"}},
		{"no step in objects", "metrics.ndjson", "{\"a\": 1}\n\n{\"a\": 2}\n", []string{"a 1 @0", "a 2 @1"}},
		{"Python's special numbers", "metrics.jsonl", `{"a": NaN, "b": -Infinity, "c": "NaN", "d\"NaN": Infinity}` + "\n",
			[]string{"a NaN @0", "b -Inf @0", "c NaN @0", "d\"NaN +Inf @0"}},
		{"cut and damaged lines", "metrics.jsonl", "{\"a\": 1}\n{\"a\": 2\nx\n{\"a\": 3}\n{\"a\": 4", []string{"a 1 @0", "a 3 @1"}},
		{"steps that are none", "metrics.jsonl", "{\"step\": \"x\", \"a\": 1}\n{\"step\": null, \"epoch\": 2, \"a\": 1}\n{\"step\": 1e300, \"a\": 1}\n",
			[]string{"a 1 @2"}},
		{"an object of several lines", "metrics.json", "{\n  \"acc\": 0.5,\n  \"test\": {\n    \"acc\": 1\n  }\n}", []string{"acc 0.5 @0", "test/acc 1 @0"}},
		{"a list of objects", "metrics.json", "[\n {\"epoch\": 1, \"a\": 2},\n {\"epoch\": 2, \"a\": 3}\n]\n", []string{"a 2 @1", "a 3 @2"}},
		{"times", "metrics.jsonl", `{"_timestamp": 1700000000.5, "a": 1}` + "\n" + `{"timestamp": 1700000000500, "a": 1}` + "\n" +
			`{"timestamp": "2023-11-14T22:13:20.500Z", "a": 1}` + "\n" + `{"timestamp": 3.5, "a": 1}`,
			[]string{"a 1 @0 22:13:20.500", "a 1 @1 22:13:20.500", "a 1 @2 22:13:20.500", "a 1 @3"}},

		{"DVCLive", "dvclive/plots/metrics/train/loss.tsv", "timestamp\tstep\tloss\n1700000000500\t0\t0.5\n1700000001500\t1\t0.25\n",
			[]string{"train/loss 0.5 @0 22:13:20.500", "train/loss 0.25 @1 22:13:21.500"}},
		{"DVCLive's latest values", "dvclive/metrics.json", "{\n    \"step\": 1,\n    \"train\": {\n        \"loss\": 0.25\n    }\n}\n", []string{"train/loss 0.25 @1"}},
		{"MLflow", "mlruns/0/ab/metrics/val/loss", "1700000000500 0.5 1\n1700000000500 x 1\n1700000000500\n1700000000500 nan 2 data 1f\n1 2\n",
			[]string{"val/loss 0.5 @1 22:13:20.500", "val/loss NaN @2 22:13:20.500", "val/loss 2 @0"}},

		{"named by a pattern, objects", "more/log.txt", "\n{\"a\": 1}\n", []string{"a 1 @0"}},
		{"named by a pattern, a table", "more/log", "step\ta\n1\t2\n", []string{"a 2 @1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, valuesOf(t, tt.file, tt.content, true)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestLastLine: a last number that may be cut is not read until its line or the file is complete.
func TestLastLine(t *testing.T) {
	tests := []struct {
		file, content  string
		growing, whole int // values
	}{
		{"metrics.csv", "step,a\n1,2\n2,0.1", 1, 2},
		{"metrics.csv", "step,a,b\n1,2,3\n2,0.1", 2, 2},
		{"metrics.jsonl", `{"a": 1}`, 1, 1},
		{"mlruns/0/ab/metrics/a", "1 2 3\n1 2 3", 1, 2},
	}
	for _, tt := range tests {
		if n := len(valuesOf(t, tt.file, tt.content, false)); n != tt.growing {
			t.Errorf("%q has %d values while it is being written, want %d", tt.content, n, tt.growing)
		}
		if n := len(valuesOf(t, tt.file, tt.content, true)); n != tt.whole {
			t.Errorf("%q has %d values, want %d", tt.content, n, tt.whole)
		}
	}
}

func TestFind(t *testing.T) {
	tests := []struct {
		name     string
		finder   Finder
		found    bool
		dir, tag string
	}{
		{"metrics.csv", Finder{}, true, "", ""},
		{"lightning_logs/version_0/metrics.csv", Finder{}, true, "lightning_logs/version_0", ""},
		{"data.csv", Finder{}, false, "", ""},
		{".metrics.csv", Finder{}, false, "", ""},
		{"dvclive/metrics.json", Finder{}, true, "", ""},
		{"sub/dvclive/metrics.json", Finder{}, true, "sub", ""},
		{"sub/dvclive/plots/metrics/a/b.tsv", Finder{}, true, "sub", "a/b"},
		{"dvclive/plots/sklearn/roc.json", Finder{}, false, "", ""},
		{"mlruns/0/ab/metrics/a/b", Finder{}, true, "", "a/b"},
		{"x/mlruns/0/ab/metrics/a", Finder{}, true, "x", "a"},
		{"mlruns/0/ab/params/a", Finder{}, false, "", ""},
		{"mlruns/.trash/ab/metrics/a", Finder{}, false, "", ""},
		{"mlruns/0/models/m-1/metrics/a", Finder{}, false, "", ""},
		{"logs/a/x.csv", Finder{Patterns: []string{"logs/**/*.csv"}}, true, "logs/a", ""},
		{"logs/x.csv", Finder{Patterns: []string{"logs/**/*.csv"}}, true, "logs", ""},
		{"logs/x.csv", Finder{Patterns: []string{"logs/[", "./logs/?.csv"}}, true, "logs", ""},
		{"metrics.csv", Finder{Off: true}, false, "", ""},
		{"metrics.csv", Finder{Off: true, Patterns: []string{"*.csv"}}, true, "", ""},
	}
	for _, tt := range tests {
		f, ok := tt.finder.Find(tt.name)
		if ok != tt.found || f.Dir != tt.dir || f.Tag != tt.tag {
			t.Errorf("Find(%s) with %v: %v %v", tt.name, tt.finder, f, ok)
		}
	}
}

// FuzzRead runs every reader: none may fail or return a value without a name.
func FuzzRead(f *testing.F) {
	f.Add("step,a\n1,2\n")
	f.Add("{\"a\": NaN}\n{\n\"b\": [")
	f.Add("1 2 3\n")
	f.Fuzz(func(t *testing.T, content string) {
		for _, name := range []string{"metrics.csv", "metrics.json", "mlruns/0/ab/metrics/a", "dvclive/plots/metrics/a.tsv", "more/x"} {
			file, _ := Finder{Patterns: []string{"more/*"}}.Find(name)
			if err := file.Read(strings.NewReader(content), true, func(v Value) {
				if v.Tag == "" {
					t.Errorf("%s: a value without a name", name)
				}
				if v.Time.After(time.Date(6000, 1, 1, 0, 0, 0, 0, time.UTC)) && !strings.Contains(content, "-") {
					t.Errorf("%s: time %v", name, v.Time)
				}
			}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
