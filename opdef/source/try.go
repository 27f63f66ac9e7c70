package source

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// preview records which files would be copied and which would not, in the order of the walk. A nil preview records nothing.
type preview struct{ selected, skipped []string }

func (t *preview) see(path string, selected bool) {
	switch {
	case t == nil:
	case selected:
		t.selected = append(t.selected, path)
	default:
		t.skipped = append(t.skipped, path)
	}
}

func (t *preview) skip(path string) { t.see(path, false) }

// Try writes which files would be copied, and the rules, to help users write rules. Paths are relative to the directory from.
func (t *Tree) Try(w io.Writer, from string) error {
	tr := &preview{}
	src, err := t.copy(filepath.Join(t.dir(), ".guild"), tr) // a directory that never contains source code
	if err != nil {
		return err
	}
	var b strings.Builder
	seen := func(path string) string {
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return path
		}
		return rel
	}
	if dir := seen(t.dir()); dir == "." {
		b.WriteString("Copying from the current directory\nRules:\n")
	} else {
		fmt.Fprintf(&b, "Copying from '%s'\nRules:\n", dir)
	}
	if t.None {
		b.WriteString("  exclude *\nSource code copy disabled\n")
	} else {
		for _, rule := range t.describe() {
			fmt.Fprintf(&b, "  %s\n", rule)
		}
		for _, part := range []struct {
			title string
			paths []string
		}{{"Selected for copy", tr.selected}, {"Skipped", tr.skipped}} {
			fmt.Fprintf(&b, "%s:\n", part.title)
			for _, path := range part.paths {
				shown := seen(filepath.Join(t.dir(), path))
				if strings.HasSuffix(path, "/") {
					shown += "/"
				}
				fmt.Fprintf(&b, "  %s\n", shown)
			}
		}
	}
	for _, text := range src.Warnings {
		fmt.Fprintf(&b, "WARNING: %s\n", text)
	}
	_, err = io.WriteString(w, b.String())
	return err
}

// describe lists the rules in the order in which they are applied.
func (t *Tree) describe() []string {
	var rules []string
	ignore, _ := ignoredIn(t.dir())
	if ignore.inGit {
		rules = []string{"exclude dir .guild", "exclude dir * containing .guild-nocopy",
			"exclude dir " + strings.Join(append([]string{".git"}, ignore.ignoredDirs()...), ", "),
			"gitignore + guildignore patterns", "exclude .git*, .guildignore"}
	} else {
		rules = []string{"exclude dir .*", "exclude dir * containing .guild-nocopy",
			fmt.Sprintf("include text * size < %d, max match %d", maxSize+1, maxFiles),
			"exclude dir __pycache__", "exclude dir * containing bin/activate", "exclude dir * containing Scripts/activate"}
		if t.Python {
			rules = append(rules, "exclude dir build", "exclude dir dist", "exclude dir *.egg-info")
		}
		if len(ignore.patterns) > 0 {
			rules = append(rules, "guildignore patterns")
		}
	}
	for _, r := range t.shown(t.dir()) {
		words := []string{"include"}
		if r.Exclude {
			words[0] = "exclude"
		}
		if r.Kind != "" {
			words = append(words, r.Kind)
		}
		rules = append(rules, strings.Join(append(words, strings.Join(r.Patterns, ", ")), " "))
	}
	return rules
}
