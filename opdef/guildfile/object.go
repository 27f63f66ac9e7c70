package guildfile

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"guild/opdef/attribute"
	"guild/runs/pyyaml"
)

// object is an item of the list in a guild.yml. A file that is a mapping of operations is one model without a name.
type object struct {
	kind    string // objectModel, objectConfig or objectPackage
	name    string
	node    *yaml.Node // mapping, with flags and operations in their long form
	library *library

	extended  *extension // nil until extend has been called
	extendErr error      // error of extend
}

// Kinds of objects. An include is replaced by the objects of other files.
const (
	objectModel   = "model"
	objectConfig  = "config"
	objectPackage = "package"
	objectInclude = "include"
)

func objectKinds() []string {
	return []string{objectModel, objectConfig, objectInclude, objectPackage}
}

// library is a guild.yml with the files that it includes. Names in it refer to its objects.
type library struct {
	dir     string // absolute
	objects []*object
}

// find returns the model or config with that name, or nil.
func (l *library) find(name string) *object {
	i := slices.IndexFunc(l.objects, func(o *object) bool { return o.kind != objectPackage && o.name == name })
	if i < 0 {
		return nil
	}
	return l.objects[i]
}

// names returns the names of models and configs.
func (l *library) names() []string {
	var out []string
	for _, o := range l.objects {
		if o.kind != objectPackage {
			out = append(out, o.name)
		}
	}
	return out
}

// read adds the objects of a file to a library. abs is the absolute path of the file and shown its path in errors; chain holds the
// absolute paths of the files whose includes led to this one.
func (f *guildfile) read(lib *library, data []byte, abs, shown string, chain []string) error {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return syntaxError(shown, data, err)
	}
	if len(doc.Content) == 0 {
		return nil
	}
	root := deref(doc.Content[0])
	f.setOrigin(root, shown)
	chain = append(chain[:len(chain):len(chain)], abs)
	switch {
	case root.Kind == yaml.MappingNode:
		operations, err := f.longOperations(root)
		if err != nil {
			f.fail(err)
			return nil
		}
		model := f.newMapping(root, []entry{{name: "operations", key: keyNode("operations", root), value: operations}})
		lib.objects = append(lib.objects, &object{kind: objectModel, node: model, library: lib})
		return nil
	case root.Kind == yaml.SequenceNode:
		for _, item := range root.Content {
			if err := f.readObject(lib, item, abs, shown, chain); err != nil {
				f.fail(err)
			}
		}
		return nil
	case root.Kind == yaml.ScalarNode && pyyaml.DecodeScalar(root.Value) == nil:
		return nil
	}
	f.fail(f.errorf(root, "a guild.yml is a mapping of operation names to definitions, such as 'train: {main: train}'"))
	return nil
}

func (f *guildfile) readObject(lib *library, item *yaml.Node, abs, shown string, chain []string) error {
	entries, err := f.mapping(item, "an object of the file")
	if err != nil {
		return err
	}
	var kinds []string
	var named entry
	for _, e := range entries {
		if slices.Contains(objectKinds(), e.name) {
			kinds, named = append(kinds, e.name), e
		}
	}
	operations := slices.ContainsFunc(entries, func(e entry) bool { return e.name == "operations" })
	switch {
	case len(kinds) > 1:
		return f.errorf(item, "an object is either a %s; make it two objects", strings.Join(kinds, " or a "))
	case len(kinds) == 0 && !operations:
		return f.errorf(item, "an object of the list needs its kind and name, such as 'model: cnn'; kinds are %s",
			strings.Join(objectKinds(), ", "))
	case len(kinds) == 1 && named.name == objectInclude:
		if _, err := f.known(attribute.Include, "an include", item); err != nil {
			return err
		}
		return f.readIncludes(lib, named.value, abs, shown, chain)
	}
	o := &object{kind: objectModel, library: lib}
	if len(kinds) == 1 {
		o.kind = named.name
		if o.name, err = f.text(named.value, named.name); err != nil {
			return err
		}
	}
	o.node = f.longForm(item, entries)
	same := func(p *object) bool { return p.kind == o.kind && p.name == o.name }
	if i := slices.IndexFunc(lib.objects, same); o.kind == objectModel && i >= 0 {
		f.warn(item, "model '%s' is defined twice; the definition in line %d is ignored", o.name, lib.objects[i].node.Line)
		lib.objects = slices.Delete(lib.objects, i, i+1)
	}
	lib.objects = append(lib.objects, o)
	return nil
}
