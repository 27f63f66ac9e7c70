package compare

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/opref"
	"guild/runs/scalars"
	"guild/runs/values"
)

// grid returns runs of op with the flags lr and seed, and a loss; one loss is NaN, one is missing, and one run is of another operation.
func grid(t *testing.T) []*runs.Run {
	t.Helper()
	s := runs.Open(t.TempDir())
	for i, one := range []struct {
		op       string
		lr, seed any
		loss     float64
	}{
		{"op", 0.1, 1, 2}, {"op", 0.1, 2, 4}, {"op", 0.1, 3, math.NaN()}, {"op", 0.01, 1, 8}, {"op", 0.01, "1", math.Inf(-1)}, {"other", 0.1, 1, 5},
	} {
		d, err := s.Draft(fmt.Sprint(i))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.SetAttrs(map[string]any{"started": 1_700_000_000_000_000 + i, "flags": map[string]any{"lr": one.lr, "seed": one.seed}}); err != nil {
			t.Fatal(err)
		}
		if err := d.SetOpref(opref.Ref{PkgType: opref.Script, PkgName: "/p", Op: one.op}); err != nil {
			t.Fatal(err)
		}
		r, err := d.Commit(runs.Completed)
		if err != nil {
			t.Fatal(err)
		}
		if math.IsInf(one.loss, -1) {
			continue
		}
		w := scalars.NewWriter(r)
		w.Scalar("loss", one.loss, 1, time.Now())
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

func TestGrouped(t *testing.T) {
	list := grid(t)
	tests := []struct {
		name string
		g    Grouping
		o    Options
		want string
	}{
		{"over a flag", Grouping{Over: []string{"seed"}}, Options{SkipCore: true}, `
operation|lr|runs|step mean|step std|step count|loss mean|loss std|loss count
op|0.01|2|1.0||1|8.0||1
op|0.1|3|1.0|0.0|3|3.0|1.414214|2
other|0.1|1|1.0||1|5.0||1`},
		{"by flags, in the order that was given", Grouping{By: []string{"seed", "lr"}}, Options{SkipCore: true, SkipOwn: true}, `
operation|seed|lr|runs
op|1|0.01|1
op|1|0.1|1
op|2|0.1|1
op|3|0.1|1
op|1|0.01|1
other|1|0.1|1`},
		{"columns, sorted and limited", Grouping{Over: []string{"seed"}}, Options{SkipCore: true, SkipOwn: true, Max: "loss", Limit: 2}, `
operation|lr|runs|loss mean|loss std|loss count
op|0.01|2|8.0||1
other|0.1|1|5.0||1`},
		{"sorted by the deviation", Grouping{Over: []string{"seed"}}, Options{SkipCore: true, SkipOwn: true, Min: "loss std", Limit: 1}, `
operation|lr|runs|loss mean|loss std|loss count
op|0.1|3|3.0|1.414214|2`},
		{"columns that differ", Grouping{Over: []string{"seed"}}, Options{SkipCore: true, SkipOwn: true, OnlyChanged: true, Max: "loss", Limit: 2}, `
operation|lr|runs|loss mean
op|0.01|2|8.0
other|0.1|1|5.0`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.o.Max != "" || tt.o.Min != "" {
				tt.o.Columns, _ = Parse("loss, .status")
			}
			table, err := NewGrouped(list, tt.g, tt.o)
			if err != nil {
				t.Fatal(err)
			}
			got := []string{strings.Join(table.Header, "|")}
			for _, row := range table.Rows {
				var cells []string
				for _, v := range row {
					cells = append(cells, Text(v))
				}
				got = append(got, strings.Join(cells, "|"))
			}
			if text := strings.Join(got, "\n"); text != strings.TrimPrefix(tt.want, "\n") {
				t.Errorf("got\n%s", text)
			}
		})
	}
}

func TestMoments(t *testing.T) {
	nan := math.NaN()
	for _, tt := range []struct {
		cells     []any
		mean, std any
		count     int
	}{
		{[]any{1, 2, 3.0, "x", nil, nan, 6}, 3.0, math.Sqrt(14.0 / 3), 4}, // squares of the differences: 4, 1, 0, 9
		{[]any{-5, -5}, -5.0, 0.0, 2},
		{[]any{values.Duration(2 * time.Second), values.Duration(4 * time.Second)}, 3.0, math.Sqrt2, 2},
		{[]any{7, nan}, 7.0, nil, 1},
		{[]any{nil, "x", nan}, nil, nil, 0},
	} {
		table := &Table{}
		var rows []int
		for i, c := range tt.cells {
			table.Rows, rows = append(table.Rows, []any{"", c}), append(rows, i)
		}
		if mean, std, count := table.moments(rows, 1); mean != tt.mean || std != tt.std || count != tt.count {
			t.Errorf("%v: mean %v, deviation %v, count %d", tt.cells, mean, std, count)
		}
	}
}

// TestSortGroups: groups can be sorted by every column, also by the first one, and a single group stays as it is.
func TestSortGroups(t *testing.T) {
	list := grid(t)
	by := Grouping{Over: []string{"lr", "seed"}}
	table, err := NewGrouped(list, by, Options{SkipCore: true, SkipOwn: true, Max: "operation"})
	if err != nil || len(table.Rows) != 2 || table.Rows[0][0] != "other" {
		t.Errorf("%+v, %v", table, err)
	}
	table, err = NewGrouped(list[:1], by, Options{SkipCore: true, SkipOwn: true, OnlyChanged: true})
	if err != nil || len(table.Rows) != 1 || len(table.Header) != 2 {
		t.Errorf("%+v, %v", table, err)
	}
	if table, err = NewGrouped([]*runs.Run{}, by, Options{Max: "operation"}); err != nil || len(table.Rows) != 0 {
		t.Errorf("%+v, %v", table, err)
	}
}

func TestListed(t *testing.T) {
	for want, names := range map[string][]string{
		"those that they have": nil, "a": {"a"}, "a, b, c, d, e, f, g, h, i, j": strings.Split("abcdefghij", ""),
		"a, b, c, d, e, f, g, h, i, j, ...": strings.Split("abcdefghijk", ""),
	} {
		if got := listed(names); got != want {
			t.Errorf("%q: %s", names, got)
		}
	}
}

func TestGroupedErrors(t *testing.T) {
	list := grid(t)
	for want, err := range map[string]error{
		"no run has a flag 'sed': name one of lr, seed": grouped(list, Grouping{Over: []string{"sed"}}, Options{}),
		"there is no column 'x' of groups":              grouped(list, Grouping{By: []string{"lr"}}, Options{Min: "x"}),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if err := grouped(nil, Grouping{Over: []string{"x"}}, Options{}); err != nil {
		t.Errorf("of no runs: %v", err)
	}
}

func grouped(list []*runs.Run, g Grouping, o Options) error {
	_, err := NewGrouped(list, g, o)
	return err
}

// TestWithoutCounts keeps counts that differ from the number of runs.
func TestWithoutCounts(t *testing.T) {
	table := &Table{Header: []string{"operation", "runs", "a count", "b count"}, Columns: make([]Column, 4), Rows: [][]any{{"op", 2, 2, 1}, {"op", 3, 3, 3}}}
	if got := strings.Join(table.WithoutCounts().Header, ","); got != "operation,runs,b count" {
		t.Error(got)
	}
}
