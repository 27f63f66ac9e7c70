package configfile_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef/configfile"
)

func TestDecode(t *testing.T) {
	want := map[string]any{"i": 1, "big": 1e30, "f": 0.5, "b": true, "s": "a b", "l": []any{1, "x", 2.0}, "d.a": 1, "d.e.f": "g", "dotted.name": 3}
	for name, text := range map[string]string{
		"c.yml":     "i: 1\nbig: 1.0e+30\nf: 0.5\nb: yes\ns: a b\nl: [1, x, 2.0]\nd: {a: 1, e: {f: g}, empty: {}}\ndotted.name: 3\n",
		"c.JSON.in": `{"i": 1, "big": 1e30, "f": 0.5, "b": true, "s": "a b", "l": [1, "x", 2.0], "d": {"a": 1, "e": {"f": "g"}}, "dotted.name": 3}`,
		"c.toml":    "i = 1\nbig = 1e30\nf = 0.5\nb = true\ns = 'a b'\nl = [1, 'x', 2.0]\n'dotted.name' = 3\n[d]\na = 1\n[d.e]\nf = 'g'\n",
	} {
		conf, err := configfile.Decode(name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, configfile.Flatten(conf)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	for _, name := range []string{"c.yaml", "c.json", "c.toml", "c.ini"} {
		if conf, err := configfile.Decode(name, []byte(" \n")); err != nil || conf == nil || len(conf) != 0 {
			t.Errorf("empty %s is %v, %v", name, conf, err)
		}
	}
}

func TestDecodeINI(t *testing.T) {
	const text = `; comment
[DEFAULT]
I = 012
f: 1.5

[a.b]
b = Off
i.1=7
s = two
   # comment
	lines
e =
hex = 0x10
[DEFAULT]
n = nan
`
	want := map[string]any{"DEFAULT.i": 12, "DEFAULT.f": 1.5, "DEFAULT.n": "nan", "a.b.b": false, "a.b.i.1": 7, "a.b.s": "two\nlines",
		"a.b.e": "", "a.b.hex": "0x10"}
	conf, err := configfile.Decode("x.cfg", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, configfile.Flatten(conf)); d != "" {
		t.Error(d)
	}
}

func TestTOML(t *testing.T) {
	conf, err := configfile.Decode("x.toml", []byte("t = 2024-05-06T07:08:09Z\n[[a]]\nx = 1\n[[a]]\nx = 2\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"t": "2024-05-06T07:08:09Z", "a": []any{map[string]any{"x": 1}, map[string]any{"x": 2}}}
	if d := cmp.Diff(want, conf); d != "" {
		t.Error(d)
	}
	conf = map[string]any{"n": nil, "f": 2.0, "i": 2, "d": map[string]any{"n": nil, "s": "x"}, "l": []any{1, nil}}
	data, err := configfile.EncodeTOML(conf)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff("f = 2.0\ni = 2\nl = [1]\n\n[d]\ns = \"x\"\n", string(data)); d != "" {
		t.Error(d)
	}
}

func TestDecodeErrors(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"a.yml", "- 1\n", "a.yml: it is no mapping"},
		{"a.yml", "a: [\n", "a.yml: "},
		{"a.json", "{} {}", "a.json: there is more than one value"},
		{"a.json", "{", "a.json: "},
		{"a.toml", "a\n", "a.toml: "},
		{"a.ini", "a = 1\n", "a.ini: line 1: a value before the first [section]"},
		{"a.ini", "[a]\nb\n", "a.ini: line 2: 'b' is neither a [section] nor NAME = VALUE"},
		{"a.ini", "[a]\n= 1\n", "a.ini: line 2: "},
	} {
		if _, err := configfile.Decode(tt.name, []byte(tt.text)); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s %q: error is %v, want %s", tt.name, tt.text, err, tt.want)
		}
	}
	if _, err := configfile.Decode("a.txt", nil); !errors.Is(err, configfile.ErrUnknown) || configfile.Known("a.txt") || configfile.Known("yml") {
		t.Errorf("error is %v", err)
	}
}

// FuzzDecode decodes configuration files of every kind, whose values become flags.
func FuzzDecode(f *testing.F) {
	for name, text := range map[string]string{
		"c.yml": "a: &a {b: [1, .inf]}\nc: *a\n", "c.json": `{"a": {"b": [1, null]}, "": {}}`, "c.toml": "[a.b]\nc = 1979-05-27\n", "c.ini": "[s]\n a = 1\n  b\n[",
	} {
		f.Add(name, text)
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		if conf, err := configfile.Decode(name, []byte(text)); err == nil {
			configfile.Flatten(conf)
		}
	})
}
