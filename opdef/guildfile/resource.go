package guildfile

import (
	"maps"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"

	"guild/opdef/attribute"
	"guild/opdef/resource"
)

// warnResource warns of unknown attributes of a resource. resource.Parse checks their values.
func (p *parser) warnResource(n *yaml.Node, what string) {
	switch d := deref(n); d.Kind {
	case yaml.SequenceNode:
		p.warnSources(d, what)
	case yaml.MappingNode:
		sources, err := p.child(d, "sources")
		if err != nil || sources == nil {
			p.warnSource(d, what)
			return
		}
		if _, err := p.known(attribute.Resource, what, d); err == nil && deref(sources).Kind == yaml.SequenceNode {
			p.warnSources(deref(sources), what)
		}
	}
}

func (p *parser) warnSources(list *yaml.Node, what string) {
	for _, item := range list.Content {
		if d := deref(item); d.Kind == yaml.MappingNode {
			p.warnSource(d, "a source of "+what)
		}
	}
}

func (p *parser) warnSource(n *yaml.Node, what string) {
	entries, err := p.known(attribute.Source, what, n)
	if err != nil {
		return // reported where the value is read
	}
	for _, e := range entries {
		if e.name != "rename" {
			continue
		}
		renames := []*yaml.Node{e.value}
		if d := deref(e.value); d.Kind == yaml.SequenceNode {
			renames = d.Content
		}
		for _, r := range renames {
			if deref(r).Kind == yaml.MappingNode {
				_, _ = p.known(attribute.Rename, "rename of "+what, r)
			}
		}
	}
}

// ownFiles resolves the paths of files in a resource that is inherited from a package: a file of the project is preferred, else that
// of the package is used.
func (s *scope) ownFiles(v any) any {
	if len(s.libraries) < 2 {
		return v
	}
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = s.ownFiles(e)
		}
		return out
	case string: // short form of a file
		return s.ownFile(v)
	case map[string]any:
		out := maps.Clone(v)
		for _, kind := range []string{resource.FromFile, resource.FromConfig} {
			if path, ok := v[kind].(string); ok {
				out[kind] = s.ownFile(path)
			}
		}
		if sources, ok := v["sources"]; ok {
			out["sources"] = s.ownFiles(sources)
		}
		return out
	}
	return v
}

func (s *scope) ownFile(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	for i, lib := range s.libraries {
		file := filepath.Join(lib.dir, filepath.FromSlash(path))
		if _, err := os.Stat(file); err != nil {
			continue
		}
		if i == 0 {
			return path
		}
		return file
	}
	return path
}
