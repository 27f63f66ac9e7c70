// Package source knows which files of a directory are the source code of an operation, and copies them: by rules, by what Git and
// the file .guildignore say, and else by what the files look like.
package source

import (
	"cmp"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"guild/runs/plainfile"
)

// Limits of what is copied without being asked for.
const (
	maxFiles = 100
	maxSize  = 1 << 20 // bytes
)

// Selection says which files of a directory, the project, are the source code of an operation. The zero value is the default: text files
// of up to 1 MiB, at most 100, outside of directories that hold no source code.
type Selection struct {
	None     bool   // nothing is copied
	NoDigest bool   // its digest is of no use
	Rules    []Rule // on top of the default rules; the last one that matches a file decides
	Root     string // directory that is copied, in the project or absolute; empty is the project
	Dest     string // where to, below the run directory, with slashes; empty is the run directory
}

// Rule includes or excludes files, or directories with all that is in them.
type Rule struct {
	Exclude bool
	Kind    string // "text", "binary" or empty for any file, "dir" for directories
	// Patterns are as in a shell, but * matches / too. They are for paths relative to the directory, and without any / for
	// names in every directory.
	Patterns []string
}

// Kinds of rules.
const (
	Text   = "text"
	Binary = "binary"
	Dir    = "dir"
)

// With is the selection of a model with what its operation says of it.
func (s Selection) With(op Selection) Selection {
	op.Root, op.Dest = cmp.Or(op.Root, s.Root), cmp.Or(op.Dest, s.Dest)
	if op.None || s.None && len(op.Rules) == 0 {
		return Selection{None: true}
	}
	op.Rules = append(slices.Clip(s.Rules), op.Rules...)
	return op
}

// In is the directory that a project in dir has its source code in.
func (s Selection) In(dir string) string {
	root := filepath.FromSlash(s.Root)
	if filepath.IsAbs(root) {
		return root
	}
	return filepath.Join(dir, root)
}

// Selects returns what tells of each file of the run directory dir, by its path with slashes below it, whether it is
// selected. Without rules all are: this is for files that are no source code.
func (s Selection) Selects(dir string) func(rel string) bool {
	rules := s.expanded(dir)
	return func(rel string) bool {
		selected := !s.None
		for _, r := range rules {
			if r.applies(dir, rel) {
				selected = !r.Exclude
			}
		}
		return selected
	}
}

// applies tells whether the rule is about a file in dir.
func (r Rule) applies(dir, rel string) bool {
	if r.Kind == Dir {
		for above := path.Dir(rel); above != "."; above = path.Dir(above) {
			if r.matches(above) {
				return true
			}
		}
		return false
	}
	if !r.matches(rel) || r.Kind == "" {
		return r.matches(rel)
	}
	f, err := plainfile.Open(filepath.Join(dir, filepath.FromSlash(rel)))
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	const enough = 8 << 10
	head, err := io.ReadAll(io.LimitReader(f, enough))
	return err == nil && isText(head) == (r.Kind == Text)
}

// shown returns the rules with DIR/* for each pattern that names a directory of the project.
func (s Selection) shown(dir string) []Rule {
	rules := slices.Clone(s.Rules)
	for i, r := range rules {
		rules[i].Patterns = slices.Clone(r.Patterns)
		for j, p := range r.Patterns {
			if r.Kind != Dir && isDir(filepath.Join(dir, filepath.FromSlash(p))) {
				rules[i].Patterns[j] = path.Join(p, "*")
			}
		}
	}
	return rules
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// expanded returns the rules with DIR/* added to each pattern that names a directory of the project.
func (s Selection) expanded(dir string) []Rule {
	rules := slices.Clone(s.Rules)
	for i, r := range rules {
		for _, p := range r.Patterns {
			if r.Kind != Dir && isDir(filepath.Join(dir, filepath.FromSlash(p))) {
				rules[i].Patterns = append(slices.Clip(rules[i].Patterns), path.Join(p, "*"))
			}
		}
	}
	return rules
}

// matches tells whether a pattern of the rule matches a path relative to the directory, with slashes.
func (r Rule) matches(rel string) bool {
	for _, p := range r.Patterns {
		if matchPattern(strings.TrimPrefix(p, "/"), rel) || !strings.Contains(p, "/") && matchPattern(p, path.Base(rel)) {
			return true
		}
	}
	return false
}

// matchPattern matches as path.Match does, but lets * and ? match slashes too. A pattern that is wrong matches itself alone.
func matchPattern(pattern, name string) bool {
	pattern = strings.ReplaceAll(strings.TrimSuffix(pattern, "/"), "[!", "[^")
	ok, err := path.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(name, "/", "\x00"))
	return ok || err != nil && pattern == name
}
