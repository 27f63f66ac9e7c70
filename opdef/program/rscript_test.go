package program

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const rSource = `noise = 3 # a comment
layers <- 32L
layers = 4
name = 'it\'s "x"'
skip <- TRUE; rate=-1.5e-3
f <- function(x) {
  inner <- 1
}
if (skip)
  two <- 2
if (skip)
three <- 3
total <-
four <- 4
text <- "a
five <- 5
b"
sum = 1 + 2
both = 'a' + 'b'
`

func TestRConstants(t *testing.T) {
	got := map[string]any{}
	for _, c := range RConstants(rSource) {
		got[c.Name] = c.Value
	}
	want := map[string]any{"noise": 3, "layers": 32, "name": `it's "x"`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSetRConstants(t *testing.T) {
	got, err := SetRConstants("a <- 1L\nb = 'x' # b\nc=TRUE\nd = 2\n", map[string]any{"a": 2, "b": "say \"hi\"\n\\", "c": false, "d": 2})
	if want := "a <- 2L\nb = \"say \\\"hi\\\"\\n\\\\\" # b\nc=FALSE\nd = 2\n"; err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if _, err := SetRConstants("a <- f()\n", map[string]any{"a": 2}); err == nil {
		t.Error("no error for a variable that is no constant")
	}
}

func TestRFlagsOfArguments(t *testing.T) {
	for _, source := range []string{"x <- 1\nargs <- commandArgs(TRUE)\n", "print(1)\n", ""} {
		if flags, dest := RFlags(source); flags != nil || dest != DestArgs {
			t.Errorf("%q: %v, %s", source, flags, dest)
		}
	}
}

// FuzzSetRConstants: constants that are set are read again, and nothing else changes.
func FuzzSetRConstants(f *testing.F) {
	f.Add(rSource, "x")
	f.Add("a = \"\\\\\"\nb <- 'c'\n", "\"'\\\n")
	f.Fuzz(func(t *testing.T, source, value string) {
		vals := map[string]any{}
		for _, c := range RConstants(source) {
			if _, ok := c.Value.(string); ok {
				vals[c.Name] = value
			}
		}
		set, err := SetRConstants(source, vals)
		if err != nil {
			t.Fatal(err)
		}
		before, after := RConstants(source), RConstants(set)
		if len(before) != len(after) {
			t.Fatalf("%d constants in %q, %d in %q", len(before), source, len(after), set)
		}
	})
}
