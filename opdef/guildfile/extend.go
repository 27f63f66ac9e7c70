package guildfile

import (
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"guild/runs/console"
)

// extension is an object with the attributes that it inherits.
type extension struct {
	node      *yaml.Node // mapping
	libraries []*library // to look up references in: that of the object, then those of the packages that it extends
}

// inherited returns the attributes that objects inherit by extends.
func inherited() []string {
	return []string{"description", "extra", "flags", "operation-defaults", "operations", "params", "references", "resources",
		"sourcecode"}
}

// extend returns the object with what it inherits from the objects that it extends. An attribute comes from the object itself, else
// from the first of these that has it; mappings are merged recursively. chain holds the objects whose extends led to this one. With an
// error, the result has what could be inherited.
func (f *guildfile) extend(o *object, chain []*object) (*extension, error) {
	if o.extended != nil {
		return o.extended, o.extendErr
	}
	ext := &extension{node: o.node, libraries: []*library{o.library}}
	o.extended, o.extendErr = ext, f.extendBy(ext, o, append(chain[:len(chain):len(chain)], o))
	return ext, o.extendErr
}

// extendBy adds to an extension what the object o, the last of chain, inherits.
func (f *guildfile) extendBy(ext *extension, o *object, chain []*object) error {
	at, err := f.child(o.node, "extends")
	if err != nil || at == nil {
		return err
	}
	names, err := f.textList(at, "extends")
	if err != nil {
		return err
	}
	for _, name := range names {
		parent, err := f.parent(o, at, name)
		if err != nil {
			return err
		}
		if j := slices.Index(chain, parent); j >= 0 {
			return f.errorf(at, "'extends' goes in a circle: %s", circle(chain[j:]))
		}
		from, err := f.extend(parent, chain)
		if err != nil {
			return err
		}
		node, err := f.inherit(ext.node, from.node, inherited(), 0)
		if err != nil {
			return err
		}
		ext.node = node
		for _, lib := range from.libraries {
			if !slices.Contains(ext.libraries, lib) {
				ext.libraries = append(ext.libraries, lib)
			}
		}
	}
	return nil
}

func circle(chain []*object) string {
	names := make([]string, 0, len(chain)+1)
	for _, o := range append(chain[:len(chain):len(chain)], chain[0]) {
		names = append(names, o.name)
	}
	return strings.Join(names, " -> ")
}

// parent finds an object that is extended: NAME in the same library, or PACKAGE/NAME.
func (f *guildfile) parent(o *object, at *yaml.Node, name string) (*object, error) {
	lib, where := o.library, ""
	if pkg, rest, ok := strings.Cut(name, "/"); ok {
		var err error
		if lib, err = f.packageLibrary(at, pkg, o.library.dir); err != nil {
			return nil, err
		}
		name, where = rest, " in package '"+pkg+"'"
	}
	if parent := lib.find(name); parent != nil {
		return parent, nil
	}
	return nil, f.errorf(at, "there is no model or config '%s'%s to extend%s", name, where, console.DidYouMean(name, lib.names()))
}

func (f *guildfile) packageLibrary(at *yaml.Node, pkg, dir string) (*library, error) {
	path := f.findPackage(pkg, dir)
	if path == "" {
		return nil, f.errorf(at, "there is no package '%s' with a %s; add the directory that holds it to PYTHONPATH", pkg, Name)
	}
	if lib := f.packages[path]; lib != nil {
		return lib, nil
	}
	lib := &library{dir: filepath.Dir(path)}
	f.packages[path] = lib
	return lib, f.readFile(lib, at, path, path, nil)
}

// maxInherited limits the number of inherited entries. Aliases can multiply them.
const maxInherited = 100_000

// maxDepth limits the depth of nested definitions. A mapping can contain itself by an alias.
const maxDepth = 50

// inherit returns child with the entries of parent that it lacks. If attrs is not nil, only these attributes of the parent are
// inherited.
func (f *guildfile) inherit(child, parent *yaml.Node, attrs []string, depth int) (*yaml.Node, error) {
	if deref(child).Kind != yaml.MappingNode || deref(parent).Kind != yaml.MappingNode {
		return child, nil
	}
	if depth > maxDepth {
		return nil, f.errorf(child, "definitions are nested too deep, or hold themselves")
	}
	entries, err := f.mapping(child, "a definition")
	if err != nil {
		return nil, err
	}
	from, err := f.mapping(parent, "a definition")
	if err != nil {
		return nil, err
	}
	for _, e := range from {
		if attrs != nil && !slices.Contains(attrs, e.name) {
			continue
		}
		if f.inherited++; f.inherited > maxInherited {
			return nil, f.errorf(child, "more is inherited than can be meant; look for aliases or extends that multiply")
		}
		i := slices.IndexFunc(entries, func(own entry) bool { return own.name == e.name })
		if i < 0 {
			entries = append(entries, e)
			continue
		}
		if entries[i].value, err = f.inherit(entries[i].value, e.value, nil, depth+1); err != nil {
			return nil, err
		}
	}
	return f.newMapping(child, entries), nil
}
