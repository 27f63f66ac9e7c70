package compare

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"guild/runs/values"
)

func TestParse(t *testing.T) {
	scalar := func(name string) Column { return Column{name: name} }
	for _, tt := range []struct {
		text, headings string // separated by |
		want           []Column
	}{
		{"loss", "loss", []Column{scalar("loss")}},
		{"scalar:loss", "loss", []Column{scalar("loss")}},
		{"a, b,c", "a|b|c", []Column{scalar("a"), scalar("b"), scalar("c")}},
		{"min loss", "loss", []Column{{name: "loss", qualifier: "min"}}},
		{"min loss step", "loss step", []Column{{name: "loss", qualifier: "min", step: true}}},
		{"loss step as at", "at", []Column{{name: "loss", step: true, as: "at"}}},
		{"min as step, step", "step|step", []Column{{name: "min", as: "step"}, scalar("step")}},
		{"min step", "min step", []Column{{name: "min", step: true}}},
		{"val#loss as 'the loss'", "the loss", []Column{{name: "val#loss", as: "the loss"}}},
		{"val#loss", "val loss", []Column{scalar("val#loss")}},
		{"'a, b'", "a, b", []Column{scalar("a, b")}},
		{"'=a'", "=a", []Column{scalar("=a")}},
		{"=a as A", "A", []Column{{kind: Flag, name: "a", as: "A"}}},
		{"flag:a-b", "a-b", []Column{{kind: Flag, name: "a-b"}}},
		{"='a b'", "a b", []Column{{kind: Flag, name: "a b"}}},
		{".id,attr:label", "id|label", []Column{{kind: Attr, name: "id"}, {kind: Attr, name: "label"}}},
		{"flags:a", "flags:a", []Column{scalar("flags:a")}},
	} {
		got, err := Parse(tt.text)
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: %+v, %v", tt.text, got, err)
			continue
		}
		var headings []string
		for _, c := range got {
			headings = append(headings, c.Heading())
		}
		if h := strings.Join(headings, "|"); h != tt.headings {
			t.Errorf("%s: headings %s, want %s", tt.text, h, tt.headings)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct {
		text, reason string
		pos          int
	}{
		{"", "something is missing", 0},
		{"a,", "something is missing", 2},
		{",a", "unexpected ','", 0},
		{"foo bar", "unexpected 'bar'", 4},
		{"minn loss", "unexpected 'loss'", 5},
		{"min =a", "unexpected '=a'", 4},
		{"=a step", "unexpected 'step'", 3},
		{"a as", "something is missing", 4},
		{"a as b c", "unexpected 'c'", 7},
		{"=", "a name is missing", 0},
		{"''", "a name is missing", 0},
		{"a, 'b", "a quote is not closed", 3},
	} {
		_, err := Parse(tt.text)
		var syntax *SyntaxError
		if want := fmt.Sprintf("invalid column '%s': %s at position %d (", tt.text, tt.reason, tt.pos); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
		if !errors.As(err, &syntax) || syntax.Pos != tt.pos || syntax.Reason != tt.reason {
			t.Errorf("%q: %v, want %q at %d", tt.text, err, tt.reason, tt.pos)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"min loss step as x, =a, .b", "'a b', flag:c as \"d\"", "min as min", "a,,b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		columns, err := Parse(s)
		var syntax *SyntaxError
		switch {
		case err == nil:
			for _, c := range columns {
				if c.Heading() == "" && strings.Trim(c.name, "# \t\r\n\v\f\u0085\u00a0") != "" && c.as == "" {
					t.Errorf("%q: no heading for %+v", s, c)
				}
			}
		case !errors.As(err, &syntax) || syntax.Pos < 0 || syntax.Pos > len(s):
			t.Errorf("%q: %v", s, err)
		}
	})
}

// TestQualifiers: each qualifier of a scalar, with and without its step.
func TestQualifiers(t *testing.T) {
	b := world(t)[1] // loss: 3 at step 1, 1 at step 4
	for _, tt := range []struct {
		column string
		want   any
	}{
		{"loss", 1.0}, {"last loss", 1.0}, {"first loss", 3.0}, {"min loss", 1.0}, {"max loss", 3.0}, {"avg loss", 2.0}, {"total loss", 4.0},
		{"count loss", 2}, {"loss step", 4}, {"first loss step", 1}, {"min loss step", 4}, {"max loss step", 1},
		{"min", nil}, {"nothing step", nil}, {"=loss", nil}, {".loss", nil}, {"scalar:loss", 1.0}, {"flag:x10", 1}, {"attr:label", "run b"},
	} {
		if got := columns(t, tt.column)[0].Of(values.Of(b)); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.column, got, tt.want)
		}
	}
}
