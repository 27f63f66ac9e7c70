package filter

import (
	"errors"
	"strings"
	"testing"
	"time"

	"guild/runs"
	"guild/runs/catalog"
)

func TestOtherLanguages(t *testing.T) {
	for expr, want := range map[string]string{
		"lr == 1":           "position 4: unexpected token '='; for 'equal' write a single =",
		"lr = 1 && x = 2":   "write 'and'",
		"lr = 1 || x = 2":   "write 'or'",
		"label like a":      "write 'contains'",
		"!lr":               "write 'not' for the opposite",
		"lr =< 1":           "unexpected token '<'",
		"lr >== 1":          "an operator is one of",
		"lr = 1 x":          "unexpected token 'x'",
		"lr === 1":          "write a single =",
		"(lr = 1 && x = 2)": "write 'and'",
	} {
		_, err := ParseExpr(expr, time.Now())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", expr, err, want)
		}
	}
}

// TestUnknownName distinguishes names that no run has from names that some runs have, and from names that were looked up in no run.
func TestUnknownName(t *testing.T) {
	s := runs.Open(t.TempDir())
	for i, flags := range []map[string]any{{"lr": 0.1}, {"lr": 0.2, "steps": 3}} {
		d, err := s.Draft("")
		if err == nil {
			err = d.SetAttrs(map[string]any{"flags": flags, "started": i + 1})
		}
		if err == nil {
			_, err = d.Commit(runs.Pending)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	c := catalog.New(s, nil)
	for _, tt := range []struct{ expr, unknown string }{
		{"lr = 1", ""},
		{"steps = 1", ""},
		{"setps = 1", "setps"},
		{"flag:setps = 1", "flag:setps"},
		{"scalar:lr > 0", "scalar:lr"},
		{"lr = 1 and setps = 3", ""}, // the first condition decided
		{"lr = 0.1 and setps = 3", "setps"},
		{"setps is undefined and lr = 5", "setps"},
		{"stopped > today", ""}, // every run may have it
		{"label contains x", ""},
		{"true = 1", ""},
	} {
		f, err := (&Flags{Expr: tt.expr}).Filter()
		if err != nil {
			if tt.expr != "true = 1" {
				t.Error(err)
			}
			continue
		}
		for name, find := range map[string]func() error{
			"find":      func() error { _, err := Find(c, f, nil); return err },
			"snapshots": func() error { _, err := Snapshots(c, f, nil); return err },
			"latest":    func() error { _, err := Latest(c, f, ""); return err },
		} {
			err := find()
			var unknown *UnknownNameError
			got := ""
			if errors.As(err, &unknown) {
				got = unknown.Name
			}
			if got != tt.unknown || got != "" && !errors.Is(err, ErrNoMatch) {
				t.Errorf("%s, %s: %v", tt.expr, name, err)
			}
		}
	}
}
