// Package source selects and copies the source code of an operation. Files that Git or .guildignore ignore are left out; outside Git
// repositories, defaults by name, size and content apply. Rules of the operation include or exclude files on top of that.
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

// Limits for files that no rule includes.
const (
	maxFiles = 100
	maxSize  = 1 << 20 // bytes
)

// Selection describes which files of a project are the source code of an operation. The zero value is the default: at most 100 text
// files of up to 1 MiB each, outside directories that usually have no source code.
type Selection struct {
	None     bool   // copy nothing
	NoDigest bool   // do not record a digest
	Rules    []Rule // applied after the default rules; the last one that matches a file decides
	Root     string // directory to copy from, relative to the project or absolute; empty means the project
	Dest     string // directory to copy to, relative to the run directory, with slashes; empty means the run directory
}

// Rule includes or excludes files, or directories with everything in them.
type Rule struct {
	Exclude bool
	Kind    string // "text", "binary" or empty for any file, "dir" for directories
	// Patterns are shell patterns, but * also matches /. A pattern is matched with paths relative to the directory, or if it has no /, with
	// names in every directory.
	Patterns []string
}

// Kinds of rules.
const (
	Text   = "text"
	Binary = "binary"
	Dir    = "dir"
)

// With combines the selection of a model with that of one of its operations.
func (s Selection) With(op Selection) Selection {
	op.Root, op.Dest = cmp.Or(op.Root, s.Root), cmp.Or(op.Dest, s.Dest)
	if op.None || s.None && len(op.Rules) == 0 {
		return Selection{None: true}
	}
	op.Rules = append(slices.Clip(s.Rules), op.Rules...)
	return op
}

// In returns the directory of the source code of a project in dir.
func (s Selection) In(dir string) string {
	root := filepath.FromSlash(s.Root)
	if filepath.IsAbs(root) {
		return root
	}
	return filepath.Join(dir, root)
}

// Selects returns a function that reports whether a file of the run directory dir is selected. rel is the path of the file, with
// slashes. Without rules every file is selected; this serves for files that are not source code.
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

// applies reports whether the rule concerns a file in dir.
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

// matches reports whether a pattern of the rule matches a path, relative to the directory and with slashes.
func (r Rule) matches(rel string) bool {
	for _, p := range r.Patterns {
		if matchPattern(strings.TrimPrefix(p, "/"), rel) || !strings.Contains(p, "/") && matchPattern(p, path.Base(rel)) {
			return true
		}
	}
	return false
}

// matchPattern matches as path.Match does, except that * and ? also match slashes. A malformed pattern matches only itself.
func matchPattern(pattern, name string) bool {
	pattern = strings.ReplaceAll(strings.TrimSuffix(pattern, "/"), "[!", "[^")
	ok, err := path.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(name, "/", "\x00"))
	return ok || err != nil && pattern == name
}
