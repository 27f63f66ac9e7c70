package help_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef/help"
	"guild/opdef/project/projecttest"
)

func TestTestFlags(t *testing.T) {
	p := projecttest.New(t, "guild.yml", `
full:
  exec: x
  flags-dest: args
  flags-import: [a, b]
  flags:
    x:
      default: a b
      type: string
      required: yes
      arg-name: y
      arg-skip: no
      arg-switch: 1
      arg-split: ','
      arg-encoding: {yes: 'on'}
      env-name: Z
      env-encoding: {1: one}
      choices: [1, {value: two, arg-value: 2}]
      allow-other: yes
      distribution: log-uniform
      min: 0.5
      max: 10
      null-label: none
bare: {exec: x, flags: {n: }}
all: {exec: x, flags-import: all}
none: {exec: x, flags-import: no}
`)
	for name, want := range map[string]string{
		"full": `flags-dest: args
flags-import: [a, b]
flags:
  x:
    default: 'a b'
    type: string
    required: yes
    arg-name: y
    arg-skip: no
    arg-switch: 1
    arg-split: ','
    arg-encoding: {two: '2', 'yes': 'on'}
    env-name: Z
    env-encoding: {'1': one}
    choices: ['1', two]
    allow-other: yes
    distribution: log-uniform
    max: 10
    min: 0.5
    null-label: none
`,
		"bare": `flags-dest:
flags-import:
flags:
  n:
    default:
    type:
    required: no
    arg-name:
    arg-skip:
    arg-switch:
    arg-split:
    arg-encoding:
    env-name:
    env-encoding:
    choices: []
    allow-other: no
    distribution:
    max:
    min:
    null-label:
`,
		"all":  "flags-dest:\nflags-import: yes\nflags:\n",
		"none": "flags-dest:\nflags-import: []\nflags:\n",
	} {
		var b strings.Builder
		help.TestFlags(&b, projecttest.Find(t, p, name))
		if d := cmp.Diff("### Flags of "+name+"\n"+want, b.String()); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
