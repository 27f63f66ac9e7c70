package schema_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"guild/opdef/guildfile"
	"guild/opdef/project"
	"guild/opdef/schema"
)

// compiled returns the schema as a library that has nothing to do with ours understands it. It checks the schema against that of schemas.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := schema.JSON()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("guild.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("guild.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// valid returns an error if a guild.yml does not match the schema for an editor, which reads YAML 1.2: yes and no are texts there.
func valid(t *testing.T, s *jsonschema.Schema, text string) error {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

// said returns the parser's messages about a guild.yml.
func said(t *testing.T, text string) []string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "guild.yml"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	p, err := project.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := p.Warnings()
	for _, err := range p.Errors() {
		out = append(out, err.Error())
	}
	return out
}

// TestAgreement: the schema and the parser agree.
func TestAgreement(t *testing.T) {
	s := compiled(t)
	for _, text := range []string{
		"", "# nothing\n", "train: train\neval: {exec: x, flags: {a: 1, b: {type: int, min: 1, sigma: 2.0}}}\n",
		"- model: m\n  operations:\n    a: {steps: [b, {run: c, needed: yes}], sourcecode: [include: {dir: x}]}\n",
		"- config: c\n  whatever: [1]\n- package: p\n- operations: {a: null}\n",
		"a: {stoppable: yes}\nb: {stoppable: no, pip-freeze: on, delete-on-success: Off}\nc: {stoppable: true}\n",
		"b: {sourcecode: {root: src, dest: lib, select: ['*.py'], exclude: {dir: d, file: ['*.csv']}}}\n",
		"a: {flags: {x: {choices: [1, {value: 2, alias: two}], required: yes, min: 1e-3}}, tags: one}\n",
		"a: {requires: [b, {file: c, rename: {pattern: x, repl: y}}, {sources: [d, {url: e, unpack: no}], name: n}]}\n",
		"a: {flags-import: no}\nb: {flags-import: all}\nc: {flags-import: [x]}\nd: {flags-import: yes}\n",
		"a: {optimizers: {gp: {kappa: 1}, own: {algorithm: b, default: yes}}, objective: {maximize: acc}, default-max-trials: 3}\n",
		"a: {publish: {files: no, template: x}, output-scalars: no, compare: [loss]}\n",
		"a: {steps: [{run: b, opt-flags: {x: 1}, tag: [u, v], expect: [{file: x, contains: y}], no-gpus: no}]}\n",
		"a: {steps: [{run: b, flags: [x=1, y=2]}, {run: b, flags: {x: 1}}]}\n",
		"- model: m\n  default: yes\n  resources: {r: {sources: [x], default-unpack: no}, s: [y], t: {file: z}}\n  operation-defaults: {main: x}\n",
	} {
		if err := valid(t, s, text); err != nil {
			t.Errorf("%q does not fit: %v", text, err)
		}
		if said := said(t, text); len(said) > 0 {
			t.Errorf("%q: the parser says %q", text, said)
		}
	}
	for _, text := range []string{
		"a: [1]\n", "a:\n  mian: x\n", "a:\n  flags:\n    x: {type: integer}\n", "a: {default: maybe}\n", "a: {steps: [{name: x}]}\n",
		"a: {steps: [[x]]}\n", "a: {sourcecode: {rot: x}}\n", "- model: m\n  oprations: {}\n", "a: {default-max-trials: 1.5}\n",
		"a: {default-max-trials: 0}\n", "- operations:\n    a: {flags: {x: {min: z}}}\n", "a: {flags: {x: {choices: [{alias: y}]}}}\n",
		"a: {requires: [{file: x, target-type: move}]}\n", "a: {requires: {file: x, multi-run: yes}}\n", "- description: x\n",
		"a: {steps: [{run: x, needed: often}]}\n", "a: {publish: {file: x}}\n", "a: {objective: {least: x}}\n", "a: {main: [x]}\n",
		"a: {sourcecode: [{include: x, other: y}]}\n", "just text\n", "a: {env: [x]}\n",
	} {
		if valid(t, s, text) == nil {
			t.Errorf("%q fits", text)
		}
		if len(said(t, text)) == 0 {
			t.Errorf("%q: the parser says nothing", text)
		}
	}
}

// TestSamples: the sample projects are valid by the schema.
func TestSamples(t *testing.T) {
	s := compiled(t)
	n := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != guildfile.Name {
			return err
		}
		n++
		text, err := os.ReadFile(path)
		if err == nil {
			if problem := valid(t, s, string(text)); problem != nil {
				t.Errorf("%s: %v", path, problem)
			}
		}
		return err
	})
	if err != nil || n < 3 {
		t.Errorf("%d files, %v", n, err)
	}
}

// TestDescriptions: each attribute has a description for editors.
func TestDescriptions(t *testing.T) {
	text, err := schema.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Defs map[string]struct {
			Properties map[string]struct {
				Ref         string `json:"$ref"`
				Description string `json:"description"`
			} `json:"properties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	n := 0
	for place, def := range doc.Defs {
		for name, p := range def.Properties {
			n++
			if name != "$include" && (p.Description == "" || !strings.HasPrefix(p.Ref, "#/$defs/")) {
				t.Errorf("%s: '%s' is %+v", place, name, p)
			}
		}
	}
	if n < 150 {
		t.Errorf("only %d properties", n)
	}
}
