package pyyaml_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/runs/pyyaml"
)

type part struct {
	Name string `yaml:"name,omitempty"`
	On   bool   `yaml:"on,omitempty"`
}

// upper is a field with its own YAML form.
type upper string

func (u upper) Data() any { return "<" + string(u) + ">" }

func (u *upper) SetData(v any) error {
	s, ok := v.(string)
	if !ok || len(s) < 2 {
		return errors.New("it is no upper")
	}
	*u = upper(s[1 : len(s)-1])
	return nil
}

type whole struct {
	Text    string            `yaml:"text"`
	Number  float64           `yaml:"number,omitempty"`
	Count   int               `yaml:"count,omitempty"`
	Any     any               `yaml:"any,omitempty"`
	List    []string          `yaml:"list"`
	Texts   map[string]string `yaml:"texts,omitempty"`
	Values  map[string]any    `yaml:"values,omitempty"`
	Part    part              `yaml:"part"`
	Parts   map[string]part   `yaml:"parts,omitempty"`
	Several []part            `yaml:"several,omitempty"`
	Upper   upper             `yaml:"upper"`
	Hidden  string
}

// TestFields writes a struct and reads it again, through text as in a run.
func TestFields(t *testing.T) {
	for _, in := range []whole{
		{List: []string{}},
		{Text: "yes", Number: 2.5, Count: 7, Any: false, List: []string{"1", "a b"}, Texts: map[string]string{"no": "1e3"},
			Values: map[string]any{"a": 1, "b": nil, "c": []any{2.0, "x"}}, Part: part{Name: "p"},
			Parts: map[string]part{"x": {}, "y": {On: true}}, Several: []part{{Name: "s"}, {}}, Upper: "u"},
	} {
		text, err := pyyaml.Encode(pyyaml.Fields(in))
		if err != nil {
			t.Fatal(err)
		}
		v, err := pyyaml.Decode(text)
		if err != nil {
			t.Fatal(err)
		}
		var out whole
		if err := pyyaml.SetFields(v, &out); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(in, out); d != "" {
			t.Errorf("%s\n%s", d, text)
		}
	}
	want := map[string]any{"text": "", "list": []any{}, "part": map[string]any{}, "upper": "<>"}
	if d := cmp.Diff(want, pyyaml.Fields(whole{Hidden: "h"})); d != "" {
		t.Errorf("empty: %s", d)
	}
}

// TestSetFields reads data of others: with other types, and with unknown fields.
func TestSetFields(t *testing.T) {
	out := whole{Text: "was", List: []string{"was"}}
	v, err := pyyaml.Decode([]byte("{text: [1], number: 3, count: 2.5, list: [1, yes, 2.0], texts: {a: 1}, part: {name: 7, on: maybe}, other: 1}"))
	if err != nil {
		t.Fatal(err)
	}
	if err := pyyaml.SetFields(v, &out); err != nil {
		t.Fatal(err)
	}
	want := whole{Text: "was", Number: 3, List: []string{"1", "true", "2.0"}, Texts: map[string]string{"a": "1"}, Part: part{Name: "7"}}
	if d := cmp.Diff(want, out); d != "" {
		t.Error(d)
	}
	for text, want := range map[string]string{
		"x":                  "it is no mapping of names to values",
		"{part: 1}":          "part: it is no mapping of names to values",
		"{parts: {a: 1}}":    "parts: a: it is no mapping of names to values",
		"{upper: 1}":         "upper: it is no upper",
		"{several: [{}, 1]}": "several: it is no mapping of names to values",
	} {
		v, err := pyyaml.Decode([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := pyyaml.SetFields(v, &whole{}); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
