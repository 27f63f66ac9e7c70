package opdef

import (
	"cmp"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"guild/runs/pyyaml"
)

// Limits of what is copied without being asked for.
const (
	maxSourceFiles = 100
	maxSourceSize  = 1 << 20 // bytes
)

// Source says which files of the project are the source code of an operation. The zero value is the default: text files
// of up to 1 MiB, at most 100, outside of directories that hold no source code.
type Source struct {
	None     bool         // nothing is copied
	NoDigest bool         // its digest is of no use
	Rules    []SourceRule // on top of the default rules; the last one that matches a file decides
	Root     string       // directory that is copied, in the project or absolute; empty is the project
	Dest     string       // where to, below the run directory, with slashes; empty is the run directory
}

// SourceRule includes or excludes files, or directories with all that is in them.
type SourceRule struct {
	Exclude bool
	Kind    string // "text", "binary" or empty for any file, "dir" for directories
	// Patterns are as in a shell, but * matches / too. They are for paths relative to the project, and without any / for
	// names in every directory.
	Patterns []string
}

const (
	kindText   = "text"
	kindBinary = "binary"
	kindDir    = "dir"
)

// source reads the sourcecode attribute: no, a pattern, or a list of patterns and rules. Patterns alone say all that is
// copied; rules change the default.
func (p *opParser) source(n *yaml.Node) (Source, error) {
	d := deref(n)
	items := d.Content
	switch d.Kind {
	case yaml.ScalarNode:
		if d.Style == 0 {
			switch pyyaml.DecodeScalar(d.Value) {
			case false:
				return Source{None: true}, nil
			case true, nil:
				return Source{}, nil
			}
		}
		items = []*yaml.Node{d}
	case yaml.SequenceNode:
		if len(items) == 0 {
			return Source{None: true}, nil
		}
	case yaml.MappingNode:
		return p.sourceMapping(n)
	}
	var src Source
	patternsOnly := true
	for _, item := range items {
		if deref(item).Kind == yaml.MappingNode {
			patternsOnly = false
		}
		rule, err := p.sourceRule(item)
		if err != nil {
			return Source{}, err
		}
		src.Rules = append(src.Rules, rule)
	}
	if patternsOnly {
		src.Rules = append([]SourceRule{{Exclude: true, Patterns: []string{"*"}}}, src.Rules...)
	}
	return src, nil
}

// with is the source code of a model with what its operation says of it.
func (s Source) with(op Source) Source {
	op.Root, op.Dest = cmp.Or(op.Root, s.Root), cmp.Or(op.Dest, s.Dest)
	if op.None || s.None && len(op.Rules) == 0 {
		return Source{None: true}
	}
	op.Rules = append(slices.Clip(s.Rules), op.Rules...)
	return op
}

func (p *opParser) sourceMapping(n *yaml.Node) (Source, error) {
	attrs, err := p.mapping(n, "sourcecode")
	if err != nil {
		return Source{}, err
	}
	var src Source
	var exclude []string
	var root, dest string
	noDigest := false
	for _, a := range attrs {
		switch a.name {
		case "select":
			if src, err = p.source(a.value); err != nil {
				return Source{}, err
			}
		case "exclude":
			excluded, err := p.texts(a.value, "exclude")
			if err != nil {
				return Source{}, err
			}
			exclude = append(exclude, excluded...)
		case "digest":
			digest, err := p.boolean(a.value, "digest")
			if err != nil {
				return Source{}, err
			}
			noDigest = !digest
		case "root":
			if root, err = p.text(a.value, "root"); err != nil {
				return Source{}, err
			}
		case "dest":
			if dest, err = p.text(a.value, "dest"); err != nil {
				return Source{}, err
			}
			if !filepath.IsLocal(filepath.FromSlash(dest)) {
				return Source{}, p.errorf(a.value, "dest must be a path below the run directory")
			}
		default:
			return Source{}, p.errorf(a.key, "unknown attribute '%s' in sourcecode%s", a.name,
				didYouMean(a.name, []string{"select", "root", "dest", "digest", "exclude"}))
		}
	}
	if len(exclude) > 0 {
		src.Rules = append(src.Rules, SourceRule{Exclude: true, Patterns: exclude})
	}
	src.NoDigest = noDigest
	src.Root, src.Dest = cleanDir(root), cleanDir(dest)
	return src, nil
}

// cleanDir is a path in its shortest form, empty for the directory itself.
func cleanDir(dir string) string {
	if dir = path.Clean(filepath.ToSlash(dir)); dir == "." {
		return ""
	}
	return dir
}

// sourceDir is the directory that source code is copied from.
func (op *Operation) sourceDir() string {
	root := filepath.FromSlash(op.Source.Root)
	if filepath.IsAbs(root) {
		return root
	}
	return filepath.Join(op.Dir, root)
}

func (p *opParser) sourceRule(n *yaml.Node) (SourceRule, error) {
	if deref(n).Kind != yaml.MappingNode {
		pattern, err := p.text(n, "a pattern of sourcecode")
		return SourceRule{Patterns: []string{pattern}}, err
	}
	attrs, err := p.mapping(n, "a rule of sourcecode")
	if err != nil {
		return SourceRule{}, err
	}
	if len(attrs) != 1 || attrs[0].name != "include" && attrs[0].name != "exclude" {
		return SourceRule{}, p.errorf(n, "a rule of sourcecode is either 'include: PATTERN' or 'exclude: PATTERN'")
	}
	rule := SourceRule{Exclude: attrs[0].name == "exclude"}
	patterns := attrs[0].value
	if deref(patterns).Kind == yaml.MappingNode {
		kinds, err := p.mapping(patterns, attrs[0].name)
		if err != nil {
			return SourceRule{}, err
		}
		if len(kinds) != 1 || !slices.Contains([]string{kindText, kindBinary, kindDir}, kinds[0].name) {
			return SourceRule{}, p.errorf(patterns, "%s takes a pattern, or one of text, binary and dir with a pattern", attrs[0].name)
		}
		rule.Kind, patterns = kinds[0].name, kinds[0].value
	}
	rule.Patterns, err = p.texts(patterns, attrs[0].name)
	return rule, err
}

// shown returns the rules with DIR/* for each pattern that names a directory of the project.
func (s Source) shown(dir string) []SourceRule {
	rules := slices.Clone(s.Rules)
	for i, r := range rules {
		rules[i].Patterns = slices.Clone(r.Patterns)
		for j, p := range r.Patterns {
			if r.Kind != kindDir && isDir(filepath.Join(dir, filepath.FromSlash(p))) {
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
func (s Source) expanded(dir string) []SourceRule {
	rules := slices.Clone(s.Rules)
	for i, r := range rules {
		for _, p := range r.Patterns {
			if r.Kind != kindDir && isDir(filepath.Join(dir, filepath.FromSlash(p))) {
				rules[i].Patterns = append(slices.Clip(rules[i].Patterns), path.Join(p, "*"))
			}
		}
	}
	return rules
}

// matches tells whether a pattern of the rule matches a path relative to the project, with slashes.
func (r SourceRule) matches(rel string) bool {
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
