package schema

import (
	"fmt"
	"strings"
	"testing"
)

func TestValidate(t *testing.T) {
	for _, text := range []string{
		"", "# nothing\n", "train: train\neval: {exec: x, flags: {a: 1, b: {type: int, min: 1, sigma: 2.0}}}\n",
		"- model: m\n  operations:\n    a: {steps: [b, {run: c, needed: yes}], sourcecode: [include: {dir: x}]}\n",
		"- config: c\n  whatever: [1]\n- include: a.yml\n- package: p\n- operations: {a: null}\n",
		"a: &a {main: x, default: '${d}'}\nb:\n  <<: *a\n  sourcecode: {root: src, dest: lib, select: ['*.py']}\n",
		"a: {flags: {x: {type: '${t}', choices: [1, {value: 2, alias: two}]}}, tags: one}\n",
	} {
		if found, err := Validate([]byte(text)); err != nil || len(found) > 0 {
			t.Errorf("%q: %v %v", text, found, err)
		}
	}
	for text, want := range map[string]string{
		"just text\n":                                    "1:1 the file must be",
		"a: [1]\n":                                       "1:4 'a' must be",
		"a:\n  mian: x\n":                                "2:3 'a' has the unknown attribute 'mian'",
		"a:\n  flags:\n    x: {type: integer}\n":         "3:15 'type' must be one of string, int, float",
		"a: {default: maybe}\n":                          "1:14 'default' must",
		"a: {steps: [{name: x}]}\n":                      "1:13 an item of 'steps' must have 'run'",
		"a: {sourcecode: {rot: x}}\n":                    "1:18 'sourcecode' has the unknown attribute 'rot'",
		"- model: m\n  oprations: {}\n":                  "2:3 an item of the file has the unknown attribute 'oprations'",
		"a: {default-max-trials: 1.5}\nb: {zzz: 1}\n":    "1:25 'default-max-trials' must",
		"- operations:\n    a: {flags: {x: {min: z}}}\n": "2:26 'min' must be number or null, not string",
	} {
		found, err := Validate([]byte(text))
		if err != nil || len(found) == 0 {
			t.Errorf("%q: %v %v", text, found, err)
			continue
		}
		if got := fmt.Sprintf("%d:%d %s", found[0].Line, found[0].Column, found[0].Text); !strings.HasPrefix(got, want) {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	if _, err := Validate([]byte("a: [")); err == nil {
		t.Error("what is no YAML fits")
	}
}

func FuzzValidate(f *testing.F) {
	f.Add([]byte("a: {steps: [b], flags: {x: 1}}"))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("- model: m\n  <<: 1\n"))
	f.Fuzz(func(_ *testing.T, text []byte) { _, _ = Validate(text) })
}
