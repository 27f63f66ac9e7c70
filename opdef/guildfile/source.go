package guildfile

import (
	"path"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"

	"guild/opdef/attribute"
	"guild/opdef/source"
	"guild/runs/pyyaml"
)

// source reads the attribute sourcecode: no, a pattern, or a list of patterns and rules. Patterns alone select exactly the files to
// copy; rules change the default selection.
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
		rules, err := p.sourceRules(item)
		if err != nil {
			return source.Selection{}, err
		}
		src.Rules = append(src.Rules, rules...)
	}
	if patternsOnly {
		src.Rules = append([]source.Rule{{Exclude: true, Patterns: []string{"*"}}}, src.Rules...)
	}
	return src, nil
}

func (p *opParser) sourceMapping(n *yaml.Node) (source.Selection, error) {
	var src source.Selection
	var excluded []source.Rule
	digest := true
	p.attributes(attribute.Sourcecode, "sourcecode", n, p.sourceTargets(&src, &excluded, &digest), p.fail)
	src.Rules = append(src.Rules, excluded...)
	src.NoDigest = !digest
	return src, nil
}

func (p *opParser) sourceTargets(src *source.Selection, excluded *[]source.Rule, digest *bool) targets {
	return targets{
		"select": func(n *yaml.Node) error {
			selected, err := p.source(n)
			src.None, src.Rules = selected.None, selected.Rules
			return err
		},
		"exclude": func(e entry) (err error) { *excluded, err = p.filePatterns(e); return err },
		"root": func(n *yaml.Node) error {
			root, err := p.text(n, "root")
			src.Root = cleanDir(root)
			return err
		},
		"dest": func(n *yaml.Node) error {
			dest, err := p.text(n, "dest")
			if err == nil && !filepath.IsLocal(filepath.FromSlash(dest)) {
				err = p.errorf(n, "dest must be a path below the run directory")
			}
			src.Dest = cleanDir(dest)
			return err
		},
		"digest": digest,
	}
}

// cleanDir returns the shortest form of a path, empty for the directory itself.
func cleanDir(dir string) string {
	if dir = path.Clean(filepath.ToSlash(dir)); dir == "." {
		return ""
	}
	return dir
}

// sourceRules reads an item of a list of rules: a pattern to include, or 'include' or 'exclude' with patterns.
func (p *opParser) sourceRules(n *yaml.Node) ([]source.Rule, error) {
	if deref(n).Kind != yaml.MappingNode {
		pattern, err := p.text(n, "a pattern of sourcecode")
		return []source.Rule{{Patterns: []string{pattern}}}, err
	}
	attrs, err := p.known(attribute.Rule, "a rule of sourcecode", n)
	if err != nil {
		return nil, err
	}
	if len(attrs) != 1 {
		return nil, p.errorf(n, "a rule of sourcecode is either 'include: PATTERN' or 'exclude: PATTERN'")
	}
	return p.filePatterns(attrs[0])
}

// filePatterns reads the patterns of include or exclude: a pattern, a list of patterns, or a mapping from kinds of files to patterns.
func (p *opParser) filePatterns(e entry) ([]source.Rule, error) {
	exclude := e.name == "exclude"
	if deref(e.value).Kind != yaml.MappingNode {
		patterns, err := p.texts(e.value, e.name)
		return []source.Rule{{Exclude: exclude, Patterns: patterns}}, err
	}
	kinds, err := p.known(attribute.FileKind, e.name+" of sourcecode", e.value)
	if err != nil {
		return nil, err
	}
	if len(kinds) == 0 {
		return nil, p.errorf(e.value, "%s takes a pattern, or %s with a pattern", e.name,
			strings.Join(attribute.Names(attribute.FileKind), ", "))
	}
	var rules []source.Rule
	for _, k := range kinds {
		patterns, err := p.texts(k.value, k.name)
		if err != nil {
			return nil, err
		}
		kind := k.name
		if kind == anyFile {
			kind = ""
		}
		rules = append(rules, source.Rule{Exclude: exclude, Kind: kind, Patterns: patterns})
	}
	return rules, nil
}

// anyFile is the kind, in a guild.yml, of rules for files of any kind.
const anyFile = "file"
