package opref

import (
	"strings"
	"testing"
)

func TestForms(t *testing.T) {
	tests := []struct {
		ref             Ref
		text, spec, dir string
	}{
		{Ref{}, "", "", ""},
		{Ref{PkgType: Script, PkgName: "/foo/bar", Op: "train.py"}, "script:/foo/bar '' '' train.py", "train.py", "/foo/bar"},
		{Ref{PkgType: Guildfile, PkgName: "/foo/guild.yml", PkgVersion: "d41d8", Model: "m1", Op: "op1"},
			"guildfile:/foo/guild.yml d41d8 m1 op1", "m1:op1", "/foo"},
		{Ref{PkgType: Guildfile, PkgName: "/my project's/guild.yml", Op: "a b"},
			`"guildfile:/my project's/guild.yml" '' '' 'a b'`, "a b", "/my project's"},
		{Ref{PkgType: Package, PkgName: "gpkg.mnist", PkgVersion: "0.6.1", Model: "logreg", Op: "train"},
			"package:gpkg.mnist 0.6.1 logreg train", "gpkg.mnist/logreg:train", ""},
		{Ref{PkgType: Builtin, Model: "dask", Op: "scheduler"}, "builtin: '' dask scheduler", "dask:scheduler", ""},
	}
	for _, tt := range tests {
		if got := tt.ref.String(); got != tt.text {
			t.Errorf("%+v: %s", tt.ref, got)
		}
		if tt.ref.OpSpec() != tt.spec || tt.ref.Dir() != tt.dir {
			t.Errorf("%+v: spec %q, dir %q", tt.ref, tt.ref.OpSpec(), tt.ref.Dir())
		}
		if tt.text == "" {
			continue
		}
		if got, err := Parse(tt.text + "\n"); err != nil || got != tt.ref {
			t.Errorf("%s: %+v, %v", tt.text, got, err)
		}
	}
}

func TestParse(t *testing.T) {
	// Quotes may be anywhere in a word.
	want := Ref{PkgType: Guildfile, PkgName: "/a b/guild.yml", PkgVersion: "1", Op: "x"}
	if got, err := Parse(`guildfile:'/a b/guild.yml' 1 "" x`); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	for text, want := range map[string]string{
		"":                  "0 parts in place of 4",
		"script:/a '' ''":   "3 parts in place of 4",
		"a b c d":           "lacks a colon",
		"script:/a '' '' '": "a quote is not closed",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("guildfile:/foo/guild.yml d41d8 m1 op1")
	f.Add(`script:'/a b' "" '' x\ y`)
	f.Fuzz(func(t *testing.T, text string) {
		ref, err := Parse(text)
		if err != nil || ref == (Ref{}) {
			return
		}
		if again, err := Parse(ref.String()); err != nil || again != ref {
			t.Errorf("%q is %+v, and %q is %+v, %v", text, ref, ref.String(), again, err)
		}
	})
}
