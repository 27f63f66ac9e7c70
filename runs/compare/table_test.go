package compare

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/opref"
	"guild/runs/scalars"
	"guild/runs/values"
)

// world has three runs, the latest first: c without anything, b and a with flags and scalars.
func world(t *testing.T) []*runs.Run {
	t.Helper()
	s := runs.Open(t.TempDir())
	for i, id := range []string{"a", "b", "c"} {
		d, err := s.Draft(id)
		if err != nil {
			t.Fatal(err)
		}
		attrs := map[string]any{"started": 1_700_000_000_000_000 + i*1_000_000, "label": "run " + id}
		if id != "c" {
			attrs["flags"] = map[string]any{"x10": 1, "x2": i == 1, "s": id}
		}
		if err := d.SetAttrs(attrs); err != nil {
			t.Fatal(err)
		}
		if err := d.SetOpref(opref.Ref{PkgType: opref.Script, PkgName: "/p", Op: "op.py"}); err != nil {
			t.Fatal(err)
		}
		r, err := d.Commit(runs.Completed)
		if err != nil {
			t.Fatal(err)
		}
		if id == "c" {
			continue
		}
		w := scalars.NewWriter(r)
		w.Scalar("acc", 0.5, 1, time.Now())
		w.Scalar("loss", 3, 1, time.Now())
		w.Scalar("loss", 2-float64(i), 4, time.Now())
		w.Scalar("sys/cpu", 1, 1, time.Now())
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	list, err := catalog.New(s, nil).List()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func columns(t *testing.T, text string) []Column {
	t.Helper()
	c, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNew(t *testing.T) {
	list := world(t)
	strict := func(text string) Options { return Options{SkipCore: true, SkipOwn: true, Columns: columns(t, text)} }
	with := func(o Options, change func(*Options)) Options { change(&o); return o }
	for _, tt := range []struct {
		name string
		o    Options
		want string // rows separated by /, cells by |
	}{
		{"own", Options{SkipCore: true}, "run|s|x2|x10|step|acc|loss / c|||||| / b|b|yes|1|4|0.5|1.0 / a|a|no|1|4|0.5|2.0"},
		{"system", Options{SkipCore: true, AllScalars: true},
			"run|s|x2|x10|step|acc|loss|sys/cpu / c||||||| / b|b|yes|1|4|0.5|1.0|1.0 / a|a|no|1|4|0.5|2.0|1.0"},
		{"asked for", strict(".label, max loss, first loss step as at"), "run|label|loss|at / c|run c|| / b|run b|3.0|1 / a|run a|3.0|1"},
		{"one heading", strict("=nothing as v, =s as v, .label as v"), "run|v / c|run c / b|b / a|a"},
		{"told apart", strict("loss, max loss, min loss as low"), "run|loss|max loss|low / c||| / b|1.0|3.0|1.0 / a|2.0|3.0|2.0"},
		{"the same twice", strict("loss, max loss as high, loss"), "run|loss|high / c|| / b|1.0|3.0 / a|2.0|3.0"},
		{"lowest", with(strict("loss"), func(o *Options) { o.Min = "loss" }), "run|loss / b|1.0 / a|2.0 / c|"},
		{"highest of what is not shown", with(strict(".op"), func(o *Options) { o.Max = "=s"; o.Limit = 2 }), "run|op / b|op.py / a|op.py"},
		{"changed", with(strict(".op, .label, acc"), func(o *Options) { o.OnlyChanged = true }), "run|label|acc / c|run c| / b|run b|0.5 / a|run a|0.5"},
		{"sorted by run", with(strict("loss"), func(o *Options) { o.Max = "run"; o.Limit = 9 }), "run|loss / c| / b|1.0 / a|2.0"},
		{"one run has nothing to differ from", with(strict(".op"), func(o *Options) { o.OnlyChanged = true; o.Min = "run"; o.Limit = 1 }), "run|op / a|op.py"},
		{"unknown to sort by", with(strict(".op"), func(o *Options) { o.Min = "nothing" }), "run|op / c|op.py / b|op.py / a|op.py"},
	} {
		got, err := New(list, tt.o)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		rows := []string{strings.Join(got.Header, "|")}
		for i, r := range got.Rows {
			if got.Runs[i].ID != r[0] {
				t.Errorf("%s: row %d is of run %s", tt.name, i, got.Runs[i].ID)
			}
			var cells []string
			for _, v := range r {
				if v == nil {
					cells = append(cells, "")
				} else {
					cells = append(cells, Text(v))
				}
			}
			rows = append(rows, strings.Join(cells, "|"))
		}
		if text := strings.Join(rows, " / "); text != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, text, tt.want)
		}
	}
	if _, err := New(list, Options{Min: "a b"}); err == nil {
		t.Error("a column to sort by that is none")
	}
	if got, err := New([]*runs.Run{}, Options{}); err != nil || len(got.Rows) != 0 {
		t.Errorf("no runs: %v, %v", got, err)
	}
}

// TestDefined: the columns of an operation are those of its project or, where that is not known, those recorded with the run.
func TestDefined(t *testing.T) {
	list := world(t)
	if err := os.WriteFile(list[1].GuildPath("attrs", "compare"), []byte("- =s\n- wrong wrong\n- loss as cost\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		texts []string
		known bool
		want  string
	}{
		{[]string{"acc", "a b", "=x2"}, true, "run|acc|x2"},
		{nil, true, "run|s|x2|x10|step|acc|loss"}, // none are defined
		{nil, false, "run|s|cost|x2|x10|step|acc|loss"},
	} {
		got, err := New(list, Options{SkipCore: true, Defined: func(*runs.View) ([]string, bool) { return tt.texts, tt.known }})
		if err != nil {
			t.Fatal(err)
		}
		if header := strings.Join(got.Header, "|"); header != tt.want {
			t.Errorf("%q, %v: %s, want %s", tt.texts, tt.known, header, tt.want)
		}
	}
}

func TestColumnsFollowTheHeader(t *testing.T) {
	got, err := New(world(t), Options{SkipCore: true, OnlyChanged: true, Columns: columns(t, "last acc as accuracy")})
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for i, c := range got.Columns {
		name, plain := c.Plain()
		have = append(have, fmt.Sprint(got.Header[i], c.Kind(), name, plain))
	}
	want := []string{
		fmt.Sprint("run", Attr, "run", true), fmt.Sprint("s", Flag, "s", true), fmt.Sprint("x2", Flag, "x2", true),
		fmt.Sprint("x10", Flag, "x10", true), fmt.Sprint("step", Scalar, "loss", false), fmt.Sprint("acc", Scalar, "acc", true),
		fmt.Sprint("loss", Scalar, "loss", true), fmt.Sprint("accuracy", Scalar, "acc", true),
	}
	if !slices.Equal(have, want) {
		t.Errorf("%v, want %v", have, want)
	}
}

func TestSort(t *testing.T) {
	list := world(t)
	for _, tt := range []struct {
		by      string
		highest bool
		want    string
	}{
		{"loss", false, "bac"}, {"loss", true, "abc"}, {".id", false, "abc"}, {".started", false, "abc"}, {"nothing", false, "cba"},
		{"nothing", true, "cba"}, {"acc", true, "bac"},
	} {
		got := ""
		for _, r := range Sort(list, columns(t, tt.by)[0], tt.highest) {
			got += r.ID
		}
		if got != tt.want {
			t.Errorf("%s, %v: %s, want %s", tt.by, tt.highest, got, tt.want)
		}
	}
}

func TestOrderOfTypes(t *testing.T) {
	keys := []any{nil, "b", 2, "", 1.5, true, math.NaN(), "a", []any{1}, false}
	for _, tt := range []struct {
		highest bool
		want    string
	}{
		{false, "[3 9 5 4 2 7 1 8 0 6]"}, {true, "[8 1 7 2 4 5 9 3 0 6]"},
	} {
		if got := fmt.Sprint(Order(keys, tt.highest)); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.highest, got, tt.want)
		}
	}
}

func TestText(t *testing.T) {
	for _, tt := range []struct {
		v         any
		text, raw string
	}{
		{0.9, "0.9", "0.9"}, {0.1234567, "0.123457", "0.1234567"}, {0.99999999, "1.0", "0.99999999"}, {-0.00012345678, "-0.000123457", "-0.00012345678"},
		{1.23456789e-9, "1.23457e-09", "1.23456789e-09"}, {1700000000.123, "1700000000.123", "1700000000.123"},
		{16777217.0, "16777217.0", "16777217.0"}, {1e300, "1.0e+300", "1e+300"}, {0.0, "0.0", "0.0"}, {1.0, "1.0", "1.0"}, {true, "yes", "True"}, {nil, "", ""}, {3, "3", "3"},
		{math.Inf(-1), "-.inf", "-inf"}, {math.Inf(1), ".inf", "inf"}, {math.NaN(), ".nan", "nan"}, {"a b", "a b", "a b"}, {[]any{1, "x", false}, "[1, x, False]", "[1, x, False]"},
		{map[string]any{"b": 1, "a": nil}, "{a: , b: 1}", "{a: , b: 1}"},
	} {
		if got := Text(tt.v); got != tt.text {
			t.Errorf("%v: text %s", tt.v, got)
		}
		if got := Raw(tt.v); got != tt.raw {
			t.Errorf("%v: raw %s", tt.v, got)
		}
	}
}

func TestJSON(t *testing.T) {
	for _, tt := range []struct {
		v    any
		want string
	}{
		{2.0, "2.0"}, {0.25, "0.25"}, {-1e30, "-1.0e+30"}, {5e-324, "5.0e-324"}, {2, "2"}, {nil, "null"}, {math.NaN(), `"NaN"`},
		{math.Inf(1), `"+Inf"`}, {values.Duration(61 * time.Second), `"0:01:01"`}, {[]any{"a", 1}, `["a",1]`},
	} {
		if got, err := json.Marshal(JSON(tt.v)); err != nil || string(got) != tt.want {
			t.Errorf("%v: %s, %v", tt.v, got, err)
		}
	}
}
