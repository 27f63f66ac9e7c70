package project_test

import (
	"strings"
	"testing"

	"guild/opdef/project/projecttest"
)

// TestCircularSteps: operations whose steps form a circle are refused, each by the names in the circle; others are not.
func TestCircularSteps(t *testing.T) {
	p := projecttest.New(t, "guild.yml", `- model: m
  operations:
    self: {steps: [self]}
    a: {steps: [ok, b]}
    b: {steps: [{run: c, name: other}]}
    c: {steps: ['m:a x=1']}
    into: {steps: [ok, ok, a]}
    part: {steps: [par]}
    ok: {exec: "true"}
    twice: {steps: [once, once, ok]}
    once: {steps: [ok]}
    flag: {steps: ['${op}'], flags: {op: flag}}
    script: {steps: [run.sh]}
- model: other
  operations:
    far: {steps: ['n:far']}
- model: n
  operations:
    far: {steps: [far]}
`, "run.sh", "#!/bin/sh\n")
	for name, circle := range map[string]string{
		"m:self": "m:self -> m:self", "m:a": "m:a -> m:b -> m:c -> m:a", "m:b": "m:b -> m:c -> m:a -> m:b", "m:into": "m:a -> m:b -> m:c -> m:a",
		"m:part": "m:part -> m:part", "other:far": "n:far -> n:far", "n:far": "n:far -> n:far",
		"m:ok": "", "m:twice": "", "m:once": "", "m:flag": "", "m:script": "",
	} {
		_, err := p.Find(name)
		if circle == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), "guild.yml:") || !strings.Contains(err.Error(), "its steps go in a circle: "+circle+";") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
