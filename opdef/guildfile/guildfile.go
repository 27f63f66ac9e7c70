package guildfile

import (
	"cmp"
	"crypto/md5" // the reference of a run holds the MD5 of its guild.yml
	"encoding/hex"
	"path/filepath"
	"slices"

	"gopkg.in/yaml.v3"

	"guild/opdef"
	"guild/opdef/attribute"
	"guild/runs/console"
	"guild/runs/opref"
)

// File is what a guild.yml defines.
type File struct {
	Models   []*opdef.Model     // in file order
	Warnings []*opdef.FileError // about ignored parts, such as unknown attributes
	Errors   []error            // of parts of the file that are more than one operation
}

// Parse reads the text of a guild.yml. abs is its absolute path, shown the path in errors. The error is a *opdef.FileError if the text
// is not YAML; other mistakes leave the rest of the file usable.
func Parse(data []byte, abs, shown string) (*File, error) {
	sum := md5.Sum(data)
	f := &guildfile{
		parser: &parser{path: shown, left: maxMergeEntries, origins: map[*yaml.Node]string{}},
		abs:    abs, digest: hex.EncodeToString(sum[:]), packages: map[string]*library{},
	}
	lib := &library{dir: filepath.Dir(abs)}
	if err := f.read(lib, data, abs, shown, nil); err != nil {
		return nil, err
	}
	read := &File{}
	for _, o := range lib.objects {
		switch o.kind {
		case objectPackage: // only for publishing a project
		case objectConfig:
			f.checkConfig(o)
		default:
			read.Models = append(read.Models, f.model(o))
		}
	}
	opdef.LinkResources(read.Models)
	read.Warnings, read.Errors = f.warnings, f.errors
	return read, nil
}

type guildfile struct {
	*parser
	abs, digest string
	packages    map[string]*library // by the absolute path of the guild.yml
	files       int                 // number of files read
	inherited   int                 // number of inherited entries, see inherit
}

// modelParser reads one model.
type modelParser struct {
	*guildfile
	model    *opdef.Model
	scope    *scope
	defaults *yaml.Node // operation-defaults, nil if there are none
	source   *yaml.Node // sourcecode of the model, nil if there is none
	list     *yaml.Node // operations, nil if there are none
}

// model reads a model. An error in the model as a whole is an error of each of its operations.
func (f *guildfile) model(o *object) *opdef.Model {
	var errs []error
	fail := func(err error) {
		if err != nil {
			f.fail(err)
			errs = append(errs, err)
		}
	}
	ext, err := f.extend(o, nil)
	fail(err)
	params, err := f.params(ext.node)
	fail(err)
	p := &modelParser{guildfile: f, model: &opdef.Model{Name: o.name}, scope: &scope{f, ext.libraries, params}}
	p.attributes(attribute.Model, p.what(), params.apply(ext.node), p.targets(), f.fail)
	if p.list != nil {
		fail(p.operations(p.list))
	}
	for _, op := range p.model.Operations {
		for _, err := range errs {
			op.Fail(err)
		}
	}
	return p.model
}

// what names the model in messages.
func (p *modelParser) what() string {
	if p.model.Name == "" {
		return "the model without a name"
	}
	return "model '" + p.model.Name + "'"
}

func (p *modelParser) targets() targets {
	return targets{
		"description":        &p.model.Description,
		"default":            &p.model.Default,
		"operations":         &p.list,
		"operation-defaults": &p.defaults,
		"sourcecode":         &p.source,
		"flags": func(n *yaml.Node) error { // others include them
			_, err := p.scope.section(n, "flags")
			return err
		},
		"resources": p.resources,
	}
}

// checkConfig finds probable misspellings in a config. Its contents are read by the objects that include or extend it.
func (f *guildfile) checkConfig(o *object) {
	if _, err := f.extend(o, nil); err != nil {
		f.fail(err)
	}
	entries, err := f.mapping(o.node, "a config")
	if err != nil {
		f.fail(err)
	}
	for _, e := range entries {
		if _, ok := attribute.Find(attribute.Config, e.name); !ok && len(console.Nearest(e.name, attribute.Names(attribute.Config))) > 0 {
			f.warnUnknown(attribute.Config, "config '"+o.name+"'", e)
		}
	}
}

// operations reads the operations of the model. With an error, it has added those that could be read.
func (p *modelParser) operations(n *yaml.Node) error {
	entries, err := p.scope.section(n, "operations")
	for _, e := range entries {
		if e.name == "" {
			p.fail(p.errorf(e.key, "an operation must have a name"))
			continue
		}
		p.model.Operations = append(p.model.Operations, p.operation(e))
	}
	slices.SortFunc(p.model.Operations, func(a, b *opdef.Operation) int { return cmp.Compare(a.Name, b.Name) })
	return err
}

// withDefaults adds the attributes of operation-defaults that the operation lacks.
func (p *modelParser) withDefaults(n *yaml.Node) (*yaml.Node, error) {
	if p.defaults == nil || deref(n).Kind != yaml.MappingNode {
		return n, nil
	}
	entries, err := p.mapping(n, "an operation")
	if err != nil {
		return n, err
	}
	defaults, err := p.mapping(p.defaults, "operation-defaults")
	if err != nil {
		return n, err
	}
	for _, d := range defaults {
		if !slices.ContainsFunc(entries, func(e entry) bool { return e.name == d.name }) {
			entries = append(entries, d)
		}
	}
	return p.newMapping(n, entries), nil
}

func (p *modelParser) operation(e entry) *opdef.Operation {
	model := p.model.Name
	op := &opdef.Operation{
		Ref:   opref.Ref{PkgType: opref.Guildfile, PkgName: p.abs, PkgVersion: p.digest, Model: model, Op: e.name},
		Model: model,
		Name:  e.name,
		Dir:   filepath.Dir(p.abs),
		At:    p.errorAt(e.key, "").Place,
	}
	for _, lib := range p.scope.libraries {
		if lib.dir != op.Dir {
			op.PythonPath = append(op.PythonPath, lib.dir)
		}
	}
	o := &opParser{parser: p.parser, scope: p.scope, op: op, what: "operation '" + op.FullName() + "'"}
	definition, err := p.withDefaults(e.value)
	if err != nil {
		o.fail(err)
	}
	o.attributes(attribute.Operation, o.what, definition, o.targets(), o.fail)
	if p.source != nil {
		model, err := o.source(p.source)
		if err != nil {
			o.fail(err)
		}
		op.Source = model.With(op.Source)
	}
	o.finish(e.key)
	return op
}

// Name is the name of the file that describes the operations of a project.
const Name = "guild.yml"
