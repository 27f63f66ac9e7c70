package guildfile_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"guild/opdef/project/projecttest"
)

func TestPublishSelects(t *testing.T) {
	files := []string{"a.txt", "b.png", "sub/c.txt", "sub/deep/d.txt"}
	dir := t.TempDir()
	for _, f := range files {
		content := "text"
		if filepath.Ext(f) == ".png" {
			content = "\x89PNG\x00"
		}
		name := filepath.Join(dir, f)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for rules, want := range map[string][]string{
		"":                                  files,
		"files: no":                         nil,
		"files: '*.png'":                    {"b.png"},
		"files: [sub]":                      {"sub/c.txt", "sub/deep/d.txt"},
		"files: [{exclude: a.*}]":           {"b.png", "sub/c.txt", "sub/deep/d.txt"},
		"files: [{exclude: {text: '*'}}]":   {"b.png"},
		"files: [{exclude: {binary: '*'}}]": {"a.txt", "sub/c.txt", "sub/deep/d.txt"},
		"files: [{exclude: {dir: sub}}]":    {"a.txt", "b.png"},
		"files: [{exclude: '*'}, {include: deep/*}, {include: '*/d.txt'}]": {"sub/deep/d.txt"},
	} {
		op, err := projecttest.New(t, "guild.yml", "op: {exec: 'true', publish: {"+rules+"}}").Find("op")
		if err != nil {
			t.Fatalf("%s: %v", rules, err)
		}
		selects := op.Publish.Files.Selects(dir)
		var got []string
		for _, f := range files {
			if selects(f) {
				got = append(got, f)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s selects %v, not %v", rules, got, want)
		}
	}
}
