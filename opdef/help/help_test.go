package help_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef/help"
	"guild/opdef/project/projecttest"
)

func TestHelpOp(t *testing.T) {
	p := projecttest.New(t, "guild.yml", `
op:
  description: |
    Sample

    More of it.
  exec: x
  flags:
    s:
      description: |
        a string

        This is more
          of it.
      required: yes
    i: {description: an int, default: 123}
    c1: {description: colours, default: blue, choices: [red, blue]}
    c2: {choices: [{value: 1, description: one}, {value: aaa, alias: a, description: option a}]}
    long-name: {default: a b, min: 0, max: 1.5}
    n: {null-label: auto}
    typed: {type: float, default: 1}
    名前: {type: int, required: yes}
bare: {exec: x}
`)
	var b strings.Builder
	help.Operation(&b, projecttest.Find(t, p, "op"))
	want := `Usage: guild run [OPTIONS] op [FLAG]...

Sample

More of it.

Use 'guild run --help' for a list of options.

Flags:
  c1         colours (default is blue)

             Choices:  red, blue

  c2

             Choices:
               1  one
               a  option a

  i          an int (default is 123)
  long-name  (default is 'a b')

             At least 0
             At most 1.5

  n          (default is auto)
  s          a string (required)

             This is more
               of it.

  typed      (default is 1)
  名前       (int, required)
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
	b.Reset()
	help.Operation(&b, projecttest.Find(t, p, "bare"))
	if want := "Usage: guild run [OPTIONS] bare [FLAG]...\n\nUse 'guild run --help' for a list of options.\n"; b.String() != want {
		t.Errorf("help is %s", b.String())
	}
}
