package filter

import (
	"errors"
	"strings"
	"testing"
	"time"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/scalars"
	"guild/runs/values"
)

// wednesday is the current time for expressions.
var wednesday = time.Date(2024, 7, 17, 15, 42, 0, 0, time.UTC)

// sample returns a run with values of each kind.
func sample(t *testing.T) *runs.Run {
	t.Helper()
	local := time.Local
	time.Local = time.UTC
	t.Cleanup(func() { time.Local = local })
	r := makeRun(t, runs.Open(t.TempDir()), runSpec{
		id: "12345678", ref: op("mnist", "train"), status: runs.Completed,
		attrs: map[string]any{
			"label": "A label", "tags": []any{"red", 7, 2.5}, "opdef_attrs": map[string]any{"team": "Blue", "size": 3},
			"flags": map[string]any{
				"lr": 0.1, "n": 10, "neg": -2, "on": true, "off": false, "name": "x y", "id": "of flag", "empty": "", "none": nil,
				"list": []any{1, "two"}, "null": "a",
			},
			"started": runs.Micros(wednesday.Add(-time.Hour)), "stopped": runs.Micros(wednesday.Add(-time.Minute)), "exit_status": 0,
		},
	})
	w := scalars.NewWriter(r)
	w.Scalar("loss", 0.25, 3, wednesday)
	w.Scalar("lr", 99, 3, wednesday)
	w.Scalar("a/b-c", 1, 3, wednesday)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestExpr(t *testing.T) {
	r := sample(t)
	for _, tt := range []struct {
		holds bool
		exprs string // one a line
	}{
		{true, `
			true
			1
			word
			'x'
			[0]
			not false
			NOT 0
			not ''
			not undefined
			not not true
			(((true)))

			op = train
			op is train
			op_model = mnist
			op = mnist:train
			op in [mnist:train]
			attr:op = mnist:train
			op != mnist:evaluate
			operation = mnist:train
			status = completed
			id = 12345678
			id = '12345678'
			short_id <> 1
			team = Blue
			size >= 3
			exit_status = 0
			time < 3600
			time contains 0:59

			lr = 0.1
			lr=.1
			lr <= 1e-1
			n > 9.99 and n < 11
			neg < -1
			neg in [-2]
			on = true
			on = yes
			off = no
			on in [Yes, 3]
			off != on
			off = FALSE
			not off = true
			name = 'x y'
			name = "x y"
			name > a
			empty = ''
			empty is not undefined
			none is undefined
			none is null
			nothing is null
			null is not null
			lr is not NULL
			list contains two
			list contains [1, two]
			list = [1, two]
			list not contains TWO
			tags contains 7
			tags contains 2.50
			tags contains [red,7]

			label contains 'a LAB'
			label contains lab
			label not contains x
			n contains 1
			nothing not contains x
			lr in [1, 0.1]
			status in [error,completed]
			status not in [error]
			nothing not in [1]

			flag:id = 'of flag'
			attr:id = 12345678
			loss < 0.5
			scalar:lr = 99
			a/b-c = 1
			.guild#loss = 0.25
			scalar:none is undefined

			true or false and false
			false and false or true
			lr = 0.1 or lr = 1 and n = 5
			not (lr = 1 or n = 5)
			not lr = 1 and n = 10

			started in today
			started in 'last 2 hours'
			started not in yesterday
			started > yesterday
			started >= today
			started <= today
			started < 15:00
			started != 2023-01-01
			started = '2024-7-17 14:42:00'
			stopped in 'between 15:00 and 16:00'
			started is not undefined
			flag:started is undefined
		`},
		{false, `
			false
			0
			''
			undefined
			not word
			op != train
			id = 123456780
			lr = '0.1 '
			lr < word
			name < 5
			on = no
			on = text
			nothing < 1
			nothing > 1
			nothing = 1
			nothing in [1,2]
			nothing contains x
			empty contains x
			label contains [A]
			list contains 3
			list = [1]
			list < 3
			n not contains 1
			flag:loss < 1
			attr:lr = 0.1
			(true or false) and false
			started > today
			started < today
			started in yesterday
			started = yesterday
			nothing is not null
			attr:../opref is not undefined
		`},
	} {
		for expr := range strings.Lines(tt.exprs) {
			if expr = strings.TrimSpace(expr); expr == "" {
				continue
			}
			e, err := ParseExpr(expr, wednesday)
			if err != nil {
				t.Errorf("%s: %v", expr, err)
			} else if e.Match(r.AsView()) != tt.holds {
				t.Errorf("%s: %v", expr, !tt.holds)
			}
		}
	}
}

func TestExprErrors(t *testing.T) {
	for _, tt := range []struct {
		expr, reason string
		pos          int
	}{
		{"", "", 0},
		{"(", "", 1},
		{"a =", "", 3},
		{"a = 1 and", "", 9},
		{"a in [1,", "", 8},
		{"not", "", 3},
		{"a is not", "", 8},
		{"'", "unexpected character '''", 0},
		{"a = \"x", "unexpected character '\"'", 4},
		{"a ! b", "unexpected character '!'", 2},
		{"a == 123", "unexpected token '='", 3},
		{"'a' = 123", "unexpected token '='", 4},
		{"1 = a", "unexpected token '='", 2},
		{"foo = (", "unexpected token '('", 6},
		{"and id = foo", "unexpected token 'and'", 0},
		{"a = 1 or\nb(", "unexpected token '('", 10},
		{"a b", "unexpected token 'b'", 2},
		{"a not = 1", "unexpected token '='", 6},
		{"a not b", "unexpected token 'b'", 6},
		{"a in 1", "unexpected token '1'", 5},
		{"a in [1 2]", "unexpected token '2'", 8},
		{"(a = 1", "", 6},
		{"a = 1)", "unexpected token ')'", 5},
		{"started in 5", "unexpected token '5'", 11},
		{"started > 'the flood'", "time range \"the flood\": unexpected 'the' at position 0", 10},
		{strings.Repeat("(", 1000), "too deep an expression", 200},
		{strings.Repeat("not ", 1000), "too deep an expression", 800},
		{"a = " + strings.Repeat("[", 1000), "too deep an expression", 203},
	} {
		_, err := ParseExpr(tt.expr, wednesday)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || syntax.Pos != tt.pos || syntax.AtEnd != (tt.reason == "") || !strings.Contains(syntax.Reason, tt.reason) {
			t.Errorf("%.30q: %v, want %q at %d", tt.expr, err, tt.reason, tt.pos)
		}
	}
}

func FuzzParseExpr(f *testing.F) {
	for _, s := range []string{
		"a = 1 and not (b in [1,'x'] or c is not undefined)", `x contains "a\"b"`, "started in 'last 2 hours'", "a<>-.5e3", "ä=ö!",
	} {
		f.Add(s)
	}
	nobody := runs.Named("1", f.TempDir())
	f.Fuzz(func(t *testing.T, s string) {
		e, err := ParseExpr(s, wednesday)
		var syntax *SyntaxError
		switch {
		case err == nil:
			both, err := ParseExpr("("+s+") and not ("+s+")", wednesday)
			if err != nil {
				if !errors.As(err, &syntax) || !strings.Contains(syntax.Reason, "too deep") {
					t.Errorf("%q is an expression and not one in parentheses: %v", s, err)
				}
			} else if both.root.holds(values.Of(nobody)) {
				t.Errorf("%q holds and does not hold", s)
			}
			e.Match(nobody.AsView())
		case !errors.As(err, &syntax) || syntax.Pos < 0 || syntax.Pos > len(s):
			t.Errorf("%q: %v", s, err)
		}
	})
}

func TestSpecOfOperation(t *testing.T) {
	s := samples(t)
	for spec, want := range map[string]string{
		"latest": "e8", "o:train": "e7", "o:mnist:train": "e2", "o:train+": "e5", "o:mnist:*": "e3",
	} {
		if got, err := Find(catalog.New(s, nil), &Filter{}, []string{spec}); err != nil || ids(got) != want {
			t.Errorf("%s: %q, %v; want %s", spec, ids(got), err, want)
		}
	}
	for spec, want := range map[string]string{"o:nothing": "no such run: o:nothing", "o:": "must name an operation", "o:^(": "not a regular"} {
		if _, err := Find(catalog.New(s, nil), &Filter{}, []string{spec}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", spec, err)
		}
	}
}
