package project

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guild/opdef/guildfile"
)

// TestAudit has a mistake of each kind, each in a valid guild.yml.
func TestAudit(t *testing.T) {
	for _, tt := range []struct{ guildfile, want string }{
		{"op: {exec: echo, flags: {x: {type: int, default: abc}}}", "operation 'op': its default: flag 'x' must be"},
		{"op: {exec: echo, flags: {x: {choices: [a, b], default: c}}}", "its default: "},
		{"op: {exec: echo, flags: {x: {type: float, min: 3, default: 1}}}", "its default: "},
		{"op: {exec: echo, flags: {x: {type: int, default: [1, b]}}}", "its default: "},
		{"op: {exec: echo, output-scalars: 'loss: ([0-9'}", "output-scalars: the pattern 'loss: ([0-9' cannot be used"},
		{"op: {exec: echo, output-scalars: {loss: 'loss'}}", "it has no group"},
		{"op: {exec: echo, output-attrs: {loss: 'lo(ss'}}", "output-attrs: the pattern"},
		{"op: {exec: echo, requires: nores}", "'nores'"},
		{"op: {exec: 'echo ${nope}'}", "the command refers to ${nope}, which is no flag"},
		{"op: {exec: echo, env: {A: '${nope}'}}", "variable A: the command refers to ${nope}"},
		{"op: {steps: [nosuch]}", "step 'nosuch': cannot find operation nosuch"},
		{"op: {steps: ['other nope=1']}\nother: {exec: echo}", "step 'other': unsupported flag 'nope'"},
		{"op: {steps: ['other x=${nope}']}\nother: {exec: echo, flags: {x: 1}}", "refers to ${nope}, which is no flag of it"},
		{"op: {exec: echo, requires: {operation: trian}}\ntrain: {exec: echo}", "no operation is named so; did you mean 'train'?"},
		{"op: {exec: echo, requires: {operation: 'a(b'}}", "is no regular expression"},
		{"op: {exec: echo, requires: {url: 'http://h/x', select: '('}}", "select: error parsing regexp"},
		{"op: {exec: echo, requires: {file: x, rename: {pattern: '(', repl: y}}}", "rename: error parsing regexp"},
		{"op: {steps: ['other x=a']}\nother: {exec: echo, flags: {x: {type: int}}}", "step 'other': flag 'x' must be an integer, not a"},
		{"op: {exec: echo, flag: 1}", "1:18: unknown attribute 'flag' in operation 'op' is ignored; did you mean 'flags'?"},
		{"op: {exec: [echo]}", "1:12: exec must be a text"},
		{"op: {exec: echo, optimizers: {o: {algorithm: nosuch}}}", "optimizer 'o': operation 'nosuch' is not defined"},
		{"op: {exec: echo, default: yes}\nop2: {exec: echo, default: yes}", "several operations are marked as default: 'op' and 'op2'"},
	} {
		got := audit(t, tt.guildfile)
		if len(got) != 1 || !strings.Contains(got[0], tt.want) {
			t.Errorf("%s:\n%q, want %q", tt.guildfile, got, tt.want)
		}
	}
	for _, good := range []string{
		"op: {exec: 'echo ${x}', flags: {x: {type: int, default: 3, min: 1, choices: [3, 4]}, y: {type: path, default: nowhere}, z: {type: existing-path, default: later}}}",
		"op: {exec: echo, requires: [{operation: 'tr.*'}, {operation: other.sh}, {operation: pkg/model:op}, {file: later.txt}]}\ntrain: {exec: echo}",
		"op: {steps: [train, other.sh, queue, {run: two, flags: {operation:train: abc}}]}\ntrain: {exec: echo}\n'two': {exec: echo, requires: {operation: train}}",
		"op: {steps: ['other x=${n}'], flags: {n: 1}}\nother: {exec: echo, flags: {x: {type: int, required: yes}}}",
		"op: {main: script, flags-import: all, requires: 'r-${later}'}",
		"op: {main: script, flags-import: all, label: '${later}'}",
		"op: {exec: echo, flags: {x: {default: [1, 2], type: int}, y: '[1:9]'}}",
	} {
		if got := audit(t, good); len(got) > 0 {
			t.Errorf("%s:\n%q", good, got)
		}
	}
}

func audit(t *testing.T, text string) []string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{guildfile.Name: text, "script.py": "later = 1\n", "other.sh": "#!/bin/sh\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	p, err := Load(dir)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	var found []string
	for _, err := range p.Check() {
		found = append(found, err.Error())
	}
	return found
}
