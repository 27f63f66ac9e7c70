package opdef

import (
	"cmp"
	"crypto/md5" // the reference of a run holds the MD5 of its guild.yml
	"encoding/hex"
	"path/filepath"
	"slices"

	"gopkg.in/yaml.v3"
)

// Model is a set of operations under one name. The model without a name holds the operations of a file that has no models.
type Model struct {
	Name        string
	Description string
	Default     bool
	Operations  []*Operation // in name order

	resources map[string]Resource
}

// parseGuildfile reads a guild.yml. abs is its absolute path, shown the path as errors name it.
func parseGuildfile(data []byte, abs, shown string) ([]*Model, error) {
	sum := md5.Sum(data)
	f := &guildfile{
		parser: &parser{path: shown, left: maxMergeEntries, origins: map[*yaml.Node]string{}},
		abs:    abs, digest: hex.EncodeToString(sum[:]), packages: map[string]*library{},
	}
	lib := &library{dir: filepath.Dir(abs)}
	if err := f.read(lib, data, abs, shown, nil); err != nil {
		return nil, err
	}
	var models []*Model
	for _, o := range lib.objects {
		switch o.kind {
		case objectPackage: // is about how a project is published
		case objectConfig:
			if err := f.checkConfig(o); err != nil {
				return nil, err
			}
		default:
			m, err := f.model(o)
			if err != nil {
				return nil, err
			}
			models = append(models, m)
		}
	}
	return models, linkResources(models)
}

type guildfile struct {
	*parser
	abs, digest string
	packages    map[string]*library // by the absolute path of the guild.yml
	files       int                 // that were read
	inherited   int                 // entries that were merged, see inherit
}

// modelParser reads one model.
type modelParser struct {
	*guildfile
	model    *Model
	scope    *scope
	defaults *yaml.Node // operation-defaults, nil if there are none
	source   *yaml.Node // sourcecode of the model, nil if there is none
}

func (f *guildfile) model(o *object) (*Model, error) {
	ext, err := f.extend(o, nil)
	if err != nil {
		return nil, err
	}
	params, err := f.params(ext.node)
	if err != nil {
		return nil, err
	}
	p := &modelParser{guildfile: f, model: &Model{Name: o.name}, scope: &scope{f, ext.libraries, params}}
	entries, err := f.mapping(params.apply(ext.node), "a model")
	if err != nil {
		return nil, err
	}
	var operations *yaml.Node
	for _, e := range entries {
		if e.name == "operations" {
			operations = e.value
		} else if err := p.attr(e); err != nil {
			return nil, err
		}
	}
	if operations != nil {
		err = p.operations(operations)
	}
	return p.model, err
}

func modelAttrs() []string {
	return []string{objectModel, "description", "default", "extends", "params", "operations", "operation-defaults", "flags",
		"sourcecode", "resources", "references", "plugins", "python-requires", "disable-plugins", "extra"}
}

func (p *modelParser) attr(e entry) (err error) {
	m := p.model
	switch e.name {
	case "description":
		m.Description, err = p.text(e.value, "description")
	case "default":
		m.Default, err = p.boolean(e.value, "default")
	case "operation-defaults":
		p.defaults = e.value
	case "sourcecode":
		p.source = e.value
	case "flags": // are there to be included
		_, err = p.scope.section(e.value, "flags")
	case "resources":
		var entries []entry
		if entries, err = p.scope.section(e.value, "resources"); err == nil {
			m.resources, err = p.resources(p.newMapping(e.value, entries))
		}
	default:
		if slices.Contains(opAttrs(), e.name) {
			err = p.errorf(e.key, "'%s' belongs to an operation; write it into operation-defaults to have it in all of them", e.name)
		} else if !slices.Contains(modelAttrs(), e.name) {
			err = p.errorf(e.key, "unknown attribute '%s'%s", e.name, didYouMean(e.name, modelAttrs()))
		}
	}
	return err
}

// checkConfig finds slips of the pen in a config. What it holds is read where it is used.
func (f *guildfile) checkConfig(o *object) error {
	if _, err := f.extend(o, nil); err != nil {
		return err
	}
	entries, err := f.mapping(o.node, "a config")
	if err != nil {
		return err
	}
	known := append(modelAttrs(), objectConfig)
	for _, e := range entries {
		if hint := didYouMean(e.name, known); hint != "" && !slices.Contains(known, e.name) {
			return f.errorf(e.key, "unknown attribute '%s'%s", e.name, hint)
		}
	}
	return nil
}

func (p *modelParser) operations(n *yaml.Node) error {
	entries, err := p.scope.section(n, "operations")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.value, err = p.withDefaults(e.value); err != nil {
			return err
		}
		op, err := p.operation(e)
		if err != nil {
			return err
		}
		p.model.Operations = append(p.model.Operations, op)
	}
	slices.SortFunc(p.model.Operations, func(a, b *Operation) int { return cmp.Compare(a.Name, b.Name) })
	return nil
}

// withDefaults adds the attributes of operation-defaults that the operation does not have.
func (p *modelParser) withDefaults(n *yaml.Node) (*yaml.Node, error) {
	if p.defaults == nil || deref(n).Kind != yaml.MappingNode {
		return n, nil
	}
	entries, err := p.mapping(n, "an operation")
	if err != nil {
		return nil, err
	}
	defaults, err := p.mapping(p.defaults, "operation-defaults")
	if err != nil {
		return nil, err
	}
	for _, d := range defaults {
		if !slices.ContainsFunc(entries, func(e entry) bool { return e.name == d.name }) {
			entries = append(entries, d)
		}
	}
	return p.newMapping(n, entries), nil
}

func (p *modelParser) operation(e entry) (*Operation, error) {
	if e.name == "" {
		return nil, p.errorf(e.key, "an operation must have a name")
	}
	model := p.model.Name
	op := &Operation{
		Ref:   Ref{PkgType: refGuildfile, PkgName: p.abs, PkgVersion: p.digest, Model: model, Op: e.name},
		Model: model,
		Name:  e.name,
		Dir:   filepath.Dir(p.abs),
	}
	for _, lib := range p.scope.libraries {
		if lib.dir != op.Dir {
			op.PythonPath = append(op.PythonPath, lib.dir)
		}
	}
	o := &opParser{parser: p.parser, scope: p.scope, op: op, what: "operation '" + op.FullName() + "'"}
	attrs, err := p.mapping(e.value, o.what)
	if err != nil {
		return nil, err
	}
	for _, a := range attrs {
		if err := o.attr(a); err != nil {
			return nil, err
		}
	}
	if p.source != nil {
		model, err := o.source(p.source)
		if err != nil {
			return nil, err
		}
		op.Source = model.With(op.Source)
	}
	return op, o.finish(e.key)
}
