package opdef

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// sourceTrial keeps, in the order of looking, what would be copied and what would not. A nil one keeps nothing.
type sourceTrial struct{ selected, skipped []string }

func (t *sourceTrial) see(path string, selected bool) {
	switch {
	case t == nil:
	case selected:
		t.selected = append(t.selected, path)
	default:
		t.skipped = append(t.skipped, path)
	}
}

func (t *sourceTrial) skip(path string) { t.see(path, false) }

// TrySource shows which files of the project would be copied as source code, and by which rules, for people who write them.
// Paths are relative to the directory from.
func (op *Operation) TrySource(w io.Writer, from string) error {
	trial := &sourceTrial{}
	src, err := op.copySource(filepath.Join(op.sourceDir(), ".guild"), trial) // a directory that no source code is in
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
	if dir := seen(op.sourceDir()); dir == "." {
		b.WriteString("Copying from the current directory\nRules:\n")
	} else {
		fmt.Fprintf(&b, "Copying from '%s'\nRules:\n", dir)
	}
	if op.Source.None {
		b.WriteString("  exclude *\nSource code copy disabled\n")
	} else {
		for _, rule := range op.sourceRules() {
			fmt.Fprintf(&b, "  %s\n", rule)
		}
		for _, part := range []struct {
			title string
			paths []string
		}{{"Selected for copy", trial.selected}, {"Skipped", trial.skipped}} {
			fmt.Fprintf(&b, "%s:\n", part.title)
			for _, path := range part.paths {
				shown := seen(filepath.Join(op.sourceDir(), path))
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

// sourceRules describes the rules in the order in which they are applied.
func (op *Operation) sourceRules() []string {
	var rules []string
	ignore, _ := op.sourceIgnore()
	if ignore.inGit {
		rules = []string{"exclude dir .guild", "exclude dir * containing .guild-nocopy",
			"exclude dir " + strings.Join(append([]string{".git"}, ignore.ignoredDirs()...), ", "),
			"gitignore + guildignore patterns", "exclude .git*, .guildignore"}
	} else {
		rules = []string{"exclude dir .*", "exclude dir * containing .guild-nocopy",
			fmt.Sprintf("include text * size < %d, max match %d", maxSourceSize+1, maxSourceFiles),
			"exclude dir __pycache__", "exclude dir * containing bin/activate", "exclude dir * containing Scripts/activate"}
		if op.IsPython() {
			rules = append(rules, "exclude dir build", "exclude dir dist", "exclude dir *.egg-info")
		}
		if len(ignore.patterns) > 0 {
			rules = append(rules, "guildignore patterns")
		}
	}
	for _, r := range op.Source.shown(op.sourceDir()) {
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
