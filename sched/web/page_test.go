package web

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The content security policy forbids inline scripts and styles: the page must have none, and must have all files that it names.
func TestPageKeepsItsPolicy(t *testing.T) {
	data, err := static.ReadFile("static/status.html")
	must(t, err)
	page := string(data)
	for _, m := range regexp.MustCompile(`(?i)<script([^>]*)>([^<]*)`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(m[1], "src=") || strings.TrimSpace(m[2]) != "" {
			t.Errorf("inline script: %q", m[0])
		}
	}
	for _, bad := range []string{`<style`, ` style=`, `javascript:`} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	if m := regexp.MustCompile(`\son[a-z]+=`).FindString(page); m != "" {
		t.Errorf("inline handler %q", m)
	}
	for _, m := range regexp.MustCompile(`(?:src|href)="(https?:[^"]*|/[^"]*|static/[^"]*)"`).FindAllStringSubmatch(page, -1) {
		if _, err := fs.Stat(static, m[1]); err != nil {
			t.Errorf("the page names %s: %v", m[1], err)
		}
	}
}

func TestScriptsFindWhatTheyName(t *testing.T) {
	data, err := static.ReadFile("static/status.html")
	must(t, err)
	page := string(data)
	ids := regexp.MustCompile(`(?:\$|getElementById)\('([a-z-]+)'\)`)
	imports := regexp.MustCompile(`from '\./([a-z]+\.js)'`)
	names, err := filepath.Glob("static/*.js")
	must(t, err)
	if len(names) == 0 {
		t.Fatal("no scripts")
	}
	for _, name := range names {
		code, err := os.ReadFile(name)
		must(t, err)
		for _, m := range ids.FindAllStringSubmatch(string(code), -1) {
			if !strings.Contains(page, `id="`+m[1]+`"`) {
				t.Errorf("%s: no element has the id %s", name, m[1])
			}
		}
		for _, m := range imports.FindAllStringSubmatch(string(code), -1) {
			if _, err := os.Stat("static/" + m[1]); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, sink := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("} {
			if strings.Contains(string(code), sink) {
				t.Errorf("%s uses %s: text of runs would become part of the page", name, sink)
			}
		}
	}
}
