package guildfile

import (
	"gopkg.in/yaml.v3"

	"guild/opdef/resource"
)

// requires reads the attribute requires: one requirement or a list of them.
func (p *opParser) requires(n *yaml.Node) error {
	items := []*yaml.Node{n}
	if d := deref(n); d.Kind == yaml.SequenceNode {
		items = d.Content
	}
	for _, item := range items {
		if err := p.require(item); err != nil {
			p.fail(err)
		}
	}
	return nil
}

func (p *opParser) require(item *yaml.Node) error {
	v, err := p.value(item, "requires")
	if err != nil {
		return err
	}
	what := "a requirement of " + p.what
	if m, ok := v.(map[string]any); ok && m["resource"] != nil {
		p.warnResource(item, what)
		v = m["resource"]
	}
	if ref, ok := v.(string); ok {
		p.op.RequireNamed(ref)
		return nil
	}
	if v == nil {
		return nil
	}
	p.warnResource(item, what)
	r, err := resource.Parse(p.scope.ownFiles(v), "")
	if err != nil {
		return p.errorf(item, "%s: %v", what, err)
	}
	p.op.Require(r)
	return nil
}

// resources reads the named resources of a model. An error in one is an error of the operations that require it.
func (p *modelParser) resources(n *yaml.Node) error {
	entries, err := p.scope.section(n, "resources")
	p.model.Resources = make(map[string]resource.Resource, len(entries))
	for _, e := range entries {
		what := "resource '" + e.name + "'"
		p.warnResource(e.value, what)
		v, err := p.value(e.value, what)
		r := resource.Resource{}
		if err == nil {
			if r, err = resource.Parse(p.scope.ownFiles(v), e.name); err != nil {
				err = p.errorf(e.value, "%s: %v", what, err)
			}
		}
		if err != nil {
			r.Err = err
			p.fail(err)
		}
		p.model.Resources[e.name] = r
	}
	return err
}
