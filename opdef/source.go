package opdef

import (
	"io"
	"path"
	"path/filepath"
	"slices"

	"gopkg.in/yaml.v3"

	"guild/opdef/source"
	"guild/runs/pyyaml"
)

// source reads the sourcecode attribute: no, a pattern, or a list of patterns and rules. Patterns alone say all that is
// copied; rules change the default.
func (p *opParser) source(n *yaml.Node) (source.Selection, error) {
	d := deref(n)
	items := d.Content
	switch d.Kind {
	case yaml.ScalarNode:
		if d.Style == 0 {
			switch pyyaml.DecodeScalar(d.Value) {
			case false:
				return source.Selection{None: true}, nil
			case true, nil:
				return source.Selection{}, nil
			}
		}
		items = []*yaml.Node{d}
	case yaml.SequenceNode:
		if len(items) == 0 {
			return source.Selection{None: true}, nil
		}
	case yaml.MappingNode:
		return p.sourceMapping(n)
	}
	var src source.Selection
	patternsOnly := true
	for _, item := range items {
		if deref(item).Kind == yaml.MappingNode {
			patternsOnly = false
		}
		rule, err := p.sourceRule(item)
		if err != nil {
			return source.Selection{}, err
		}
		src.Rules = append(src.Rules, rule)
	}
	if patternsOnly {
		src.Rules = append([]source.Rule{{Exclude: true, Patterns: []string{"*"}}}, src.Rules...)
	}
	return src, nil
}

func (p *opParser) sourceMapping(n *yaml.Node) (source.Selection, error) {
	attrs, err := p.mapping(n, "sourcecode")
	if err != nil {
		return source.Selection{}, err
	}
	var src source.Selection
	var exclude []string
	var root, dest string
	noDigest := false
	for _, a := range attrs {
		switch a.name {
		case "select":
			if src, err = p.source(a.value); err != nil {
				return source.Selection{}, err
			}
		case "exclude":
			excluded, err := p.texts(a.value, "exclude")
			if err != nil {
				return source.Selection{}, err
			}
			exclude = append(exclude, excluded...)
		case "digest":
			digest, err := p.boolean(a.value, "digest")
			if err != nil {
				return source.Selection{}, err
			}
			noDigest = !digest
		case "root":
			if root, err = p.text(a.value, "root"); err != nil {
				return source.Selection{}, err
			}
		case "dest":
			if dest, err = p.text(a.value, "dest"); err != nil {
				return source.Selection{}, err
			}
			if !filepath.IsLocal(filepath.FromSlash(dest)) {
				return source.Selection{}, p.errorf(a.value, "dest must be a path below the run directory")
			}
		default:
			return source.Selection{}, p.errorf(a.key, "unknown attribute '%s' in sourcecode%s", a.name,
				didYouMean(a.name, []string{"select", "root", "dest", "digest", "exclude"}))
		}
	}
	if len(exclude) > 0 {
		src.Rules = append(src.Rules, source.Rule{Exclude: true, Patterns: exclude})
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

func (p *opParser) sourceRule(n *yaml.Node) (source.Rule, error) {
	if deref(n).Kind != yaml.MappingNode {
		pattern, err := p.text(n, "a pattern of sourcecode")
		return source.Rule{Patterns: []string{pattern}}, err
	}
	attrs, err := p.mapping(n, "a rule of sourcecode")
	if err != nil {
		return source.Rule{}, err
	}
	if len(attrs) != 1 || attrs[0].name != "include" && attrs[0].name != "exclude" {
		return source.Rule{}, p.errorf(n, "a rule of sourcecode is either 'include: PATTERN' or 'exclude: PATTERN'")
	}
	rule := source.Rule{Exclude: attrs[0].name == "exclude"}
	patterns := attrs[0].value
	if deref(patterns).Kind == yaml.MappingNode {
		kinds, err := p.mapping(patterns, attrs[0].name)
		if err != nil {
			return source.Rule{}, err
		}
		if len(kinds) != 1 || !slices.Contains([]string{source.Text, source.Binary, source.Dir}, kinds[0].name) {
			return source.Rule{}, p.errorf(patterns, "%s takes a pattern, or one of text, binary and dir with a pattern", attrs[0].name)
		}
		rule.Kind, patterns = kinds[0].name, kinds[0].value
	}
	rule.Patterns, err = p.texts(patterns, attrs[0].name)
	return rule, err
}

// sourceDir is the directory that source code is copied from.
func (op *Operation) sourceDir() string { return op.Source.In(op.Dir) }

// CopySource copies the source code of the operation into the directory dst, see source.Tree.
func (op *Operation) CopySource(dst string) (source.Copy, error) { return op.sourceTree().Copy(dst) }

// TrySource shows which files of the project would be copied as source code, see source.Tree.
func (op *Operation) TrySource(w io.Writer, from string) error { return op.sourceTree().Try(w, from) }

// Commit is the latest commit of the project, see source.Commit.
func (op *Operation) Commit(cache string) string { return source.Commit(op.Dir, cache) }

func (op *Operation) sourceTree() *source.Tree {
	return &source.Tree{
		Selection: op.Source, Project: op.Dir, Script: filepath.ToSlash(op.scriptFile()), Required: op.requiredPaths(), Python: op.IsPython(),
		Empty: op.Dir == "" || len(op.Steps) > 0, // steps copy what they need
	}
}

// scriptFile is the file that the operation runs, which is copied whatever the limits say.
func (op *Operation) scriptFile() string {
	if op.script != "" {
		return op.script
	}
	if op.interpreted != "" {
		return op.interpreted
	}
	if m := op.python(); m.script != "" {
		if rel, err := filepath.Rel(op.sourceDir(), filepath.Join(m.root, m.script)); err == nil && filepath.IsLocal(rel) {
			return rel
		}
	}
	return ""
}
