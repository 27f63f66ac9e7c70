package opdef

import (
	"cmp"
	"crypto/md5" // the reference of a run holds the MD5 of its guild.yml
	"encoding/hex"
	"path/filepath"
	"slices"

	"gopkg.in/yaml.v3"

	"guild/runs/pyyaml"
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
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, syntaxError(shown, data, err)
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	sum := md5.Sum(data)
	p := &parser{path: shown, left: maxMergeEntries}
	f := &guildfile{parser: p, abs: abs, digest: hex.EncodeToString(sum[:])}
	root := deref(doc.Content[0])
	switch {
	case root.Kind == yaml.MappingNode:
		m, err := f.model("", root)
		if err != nil {
			return nil, err
		}
		linkResources([]*Model{m})
		return []*Model{m}, nil
	case root.Kind == yaml.SequenceNode:
		return f.objects(root)
	case root.Kind == yaml.ScalarNode && pyyaml.DecodeScalar(root.Value) == nil:
		return nil, nil
	}
	return nil, p.errorf(root, "a guild.yml is a mapping of operation names to definitions, such as 'train: {main: train}'")
}

type guildfile struct {
	*parser
	abs, digest string
}

// objects reads the list form of a file. Of its objects, models with operations are supported.
func (f *guildfile) objects(root *yaml.Node) ([]*Model, error) {
	var models []*Model
	for _, item := range root.Content {
		entries, err := f.mapping(item, "an object of the file")
		if err != nil {
			return nil, err
		}
		attr := func(name string) int {
			return slices.IndexFunc(entries, func(e entry) bool { return e.name == name })
		}
		if attr("package") >= 0 {
			continue // is about how a project is published
		}
		m := &Model{}
		if i := attr("model"); i >= 0 {
			if m.Name, err = f.text(entries[i].value, "model"); err != nil {
				return nil, err
			}
		}
		for _, e := range entries {
			if err := f.modelAttr(m, e); err != nil {
				return nil, err
			}
		}
		if slices.ContainsFunc(models, func(o *Model) bool { return o.Name == m.Name }) {
			return nil, f.errorf(item, "model '%s' is defined twice", m.Name)
		}
		models = append(models, m)
	}
	linkResources(models)
	return models, nil
}

func (f *guildfile) modelAttr(m *Model, e entry) (err error) {
	switch e.name {
	case "model", "references", "plugins", "python-requires":
	case "description":
		m.Description, err = f.text(e.value, "description")
	case "default":
		m.Default, err = f.boolean(e.value, "default")
	case "operations":
		var parsed *Model
		if parsed, err = f.model(m.Name, e.value); err == nil {
			m.Operations = parsed.Operations
		}
	case "resources":
		m.resources, err = f.resources(e.value)
	case "config", "include":
		err = f.errorf(e.key, "'%s' objects are not supported yet; a list may hold models with operations", e.name)
	case "operation-defaults", "extends", "params", "sourcecode", "flags":
		err = f.errorf(e.key, "'%s' of a model is not supported yet; write it into the operations that need it", e.name)
	default:
		err = f.errorf(e.key, "unknown attribute '%s'%s", e.name, didYouMean(e.name,
			[]string{"model", "description", "default", "operations", "references"}))
	}
	return err
}

// model reads a mapping of operation names to definitions.
func (f *guildfile) model(name string, n *yaml.Node) (*Model, error) {
	entries, err := f.mapping(n, "operations")
	if err != nil {
		return nil, err
	}
	m := &Model{Name: name}
	for _, e := range entries {
		if e.name == "$include" {
			return nil, f.errorf(e.key, "'$include' is not supported yet; write the operations out")
		}
		op, err := f.operation(name, e)
		if err != nil {
			return nil, err
		}
		m.Operations = append(m.Operations, op)
	}
	slices.SortFunc(m.Operations, func(a, b *Operation) int { return cmp.Compare(a.Name, b.Name) })
	return m, nil
}

func (f *guildfile) operation(model string, e entry) (*Operation, error) {
	if e.name == "" {
		return nil, f.errorf(e.key, "an operation must have a name")
	}
	op := &Operation{
		Ref:   Ref{PkgType: refGuildfile, PkgName: f.abs, PkgVersion: f.digest, Model: model, Op: e.name},
		Model: model,
		Name:  e.name,
		Dir:   filepath.Dir(f.abs),
	}
	p := &opParser{parser: f.parser, op: op, what: "operation '" + op.FullName() + "'"}
	if v := deref(e.value); v.Kind == yaml.ScalarNode && v.Tag != "!!null" {
		op.Main = v.Value
		return op, p.finish(e.key)
	}
	attrs, err := f.mapping(e.value, p.what)
	if err != nil {
		return nil, err
	}
	for _, a := range attrs {
		if err := p.attr(a); err != nil {
			return nil, err
		}
	}
	return op, p.finish(e.key)
}
