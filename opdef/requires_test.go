package opdef_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef"
	"guild/opdef/flagvalue"
	"guild/opdef/project/projecttest"
	"guild/opdef/resource"
)

func TestResourceFlagTypes(t *testing.T) {
	p := projecttest.New(t, "guild.yml", `
op:
  exec: x
  flags: {a: {type: number}, b: {type: path}, c: {type: string}, d: 1}
  requires:
    - {file: a.txt, flag-name: a}
    - {file: b.txt, flag-name: b}
    - {operation: c, name: c}
`)
	want := []string{"flag 'a' for operation op is configured with type 'number' - this value cannot be used because it conflicts with the dependency 'a' - ignoring configured value"}
	if d := cmp.Diff(want, p.Warnings()); d != "" {
		t.Error(d)
	}
}

func TestRequires(t *testing.T) {
	p := projecttest.New(t, "guild.yml", `
- model: m
  resources:
    data:
      - a.txt
      - url: https://host/b.tgz
        unpack: no
    by-flag-1:
      target-path: in
      sources: [{operation: 'x,y:z'}]
  operations:
    op:
      main: x
      flags: {n: 1, model: {type: number, default: 3}, own: {arg-skip: no}}
      requires:
        - data
        - m:by-flag-${n}
        - file: c.txt
          flag-name: model
          select-max: 'e-(\d+)'
          rename: '"c (\d)" "d \1"'
        - operation: prep
        - operation: prep2
          name: own
        - operation: prep3
          flag-name: no
          optional: yes
    other:
      main: x
      requires: {resource: missing}
`)
	op := projecttest.Find(t, p, "m:op")
	res, err := op.Requires(opdef.Values{"n": 1})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range res {
		for i := range r.Sources {
			got = append(got, r.ResolvingName()+" "+r.Sources[i].ResolvingName()+" "+r.Sources[i].URI())
		}
	}
	want := []string{
		"data file:a.txt file:a.txt",
		"data https://host/b.tgz https://host/b.tgz",
		"by-flag-1 operation:x,y:z operation:x,y:z",
		"model model file:c.txt",
		"operation:prep operation:prep operation:prep",
		"own own operation:prep2",
		"operation:prep3 operation:prep3 operation:prep3",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	c := res[2].Sources[0]
	if diff := cmp.Diff([]any{[]resource.Select{{Pattern: `e-(\d+)`, Reduce: "max"}}, []resource.Rename{{Pattern: `c (\d)`, Repl: `d \1`}}}, []any{c.Select, c.Rename}); diff != "" {
		t.Error(diff)
	}
	if res[0].Sources[1].Unpack || !res[0].Sources[0].Unpack {
		t.Error("unpack is not as it was asked for")
	}

	// The recorded form gives the same resource.
	for _, r := range res {
		again, err := resource.Parse(r.Data(), "")
		if diff := cmp.Diff(r, again, cmp.AllowUnexported(resource.Resource{})); diff != "" || err != nil {
			t.Errorf("%s, %v", diff, err)
		}
	}

	vals, err := op.Values([]string{"prep=abc", "own=def"}, false)
	if err != nil {
		t.Fatal(err)
	}
	wantVals := opdef.Values{"n": 1, "model": "3", "operation:prep": "abc", "own": "def"}
	if diff := cmp.Diff(wantVals, vals); diff != "" {
		t.Error(diff)
	}
	if f := op.Flag("model"); !f.ArgSkip || f.Type != flagvalue.TypeString {
		t.Errorf("model is %+v", f)
	}
	if f := op.Flag("own"); f.ArgSkip {
		t.Errorf("own is %+v", f)
	}
	_, err = op.Values([]string{"operation:prep3=1"}, false)
	projecttest.WantError(t, err, "unsupported flag 'operation:prep3'")
	_, err = projecttest.Find(t, p, "m:other").Requires(nil)
	projecttest.WantError(t, err, "resource 'missing' required by operation 'm:other' is not defined")
	_, err = op.Requires(opdef.Values{})
	projecttest.WantError(t, err, "undefined reference 'n'")
}

func TestResourceErrors(t *testing.T) {
	for item, want := range map[string]string{
		"{name: a}":                            "needs one of file, url",
		"{file: a, url: b}":                    "either 'file' or 'url'",
		"{file: a, target-type: move}":         "link or copy",
		"{file: a, rename: a b c}":             "PATTERN REPLACEMENT",
		"{file: a, unpack: maybe}":             "yes or no",
		"{file: a, select: [{a: b}]}":          "list of texts",
		"{sources: a}":                         "must be a list",
		"{sources: [3]}":                       "not 3",
		"{config: a, params: [1]}":             "params of a source",
		"{file: a, flag-name: yes}":            "must be a text",
		"{file: [a]}":                          "must be a text",
		"{file: a, rename: [{pattern: a}, 3]}": "not 3",
	} {
		_, err := projecttest.New(t, "guild.yml", "op:\n  main: x\n  requires:\n    - "+item+"\n").Find("op")
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "guild.yml:4:7") {
			t.Errorf("%s: %v", item, err)
		}
	}
}

// TestRequiredFilesAreNoSource: required files are not copied as source code.
func TestRequiredFilesAreNoSource(t *testing.T) {
	p := projecttest.New(t, "guild.yml", "op: {main: x, requires: [{file: ./a.txt}, {file: d}, {config: c.yml}]}", "a.txt", "1", "d/e.txt", "2",
		"c.yml", "x: 1", "x.py", "")
	dst := t.TempDir()
	src, err := projecttest.Find(t, p, "op").CopySource(dst)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range src.Files {
		got = append(got, f.Path)
	}
	if diff := cmp.Diff([]string{"guild.yml", "x.py"}, got); diff != "" {
		t.Error(diff)
	}
}
