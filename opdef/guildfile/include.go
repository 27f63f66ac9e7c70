package guildfile

import (
	"cmp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"guild/runs/console"
)

// includeKey is the name of an entry in operations, flags and resources that includes entries from elsewhere.
const includeKey = "$include"

// scope is where references of a model are looked up.
type scope struct {
	f         *guildfile
	libraries []*library
	params    *params
}

// section returns the entries of a mapping, preceded by those that it includes. name is the attribute that has the mapping, and that
// is looked up in included objects: operations, flags or resources. With an error, the entries are those that could be read.
func (s *scope) section(n *yaml.Node, name string) ([]entry, error) {
	var out []entry
	err := s.addSection(&out, n, name, map[string]bool{})
	return out, err
}

func (s *scope) addSection(out *[]entry, n *yaml.Node, name string, seen map[string]bool) error {
	entries, err := s.f.mapping(n, name)
	if err != nil {
		return err
	}
	var failed error
	for _, e := range entries {
		if e.name != includeKey {
			continue
		}
		refs, err := s.f.textList(e.value, includeKey)
		failed = cmp.Or(failed, err)
		for _, ref := range refs {
			if seen[ref] {
				continue
			}
			seen[ref] = true
			failed = cmp.Or(failed, s.addIncluded(out, e.value, ref, name, seen))
		}
	}
	for _, e := range entries {
		if e.name == includeKey {
			continue
		}
		failed = cmp.Or(failed, s.add(out, e))
	}
	return failed
}

// addIncluded adds the entries that a reference includes: CONFIG, MODEL:OPERATION or :OPERATION, with #NAME,NAME to select some.
func (s *scope) addIncluded(out *[]entry, at *yaml.Node, ref, name string, seen map[string]bool) error {
	target, only, filtered := strings.Cut(ref, "#")
	n, err := s.lookUp(at, target, name)
	if err != nil || n == nil {
		return err
	}
	n = s.params.apply(n)
	if !filtered || only == "" {
		return s.addSection(out, n, name, seen)
	}
	var all []entry
	if err := s.addSection(&all, n, name, seen); err != nil {
		return err
	}
	names := strings.Split(only, ",")
	for i, w := range names {
		names[i] = strings.TrimSpace(w)
	}
	for _, e := range all {
		if !slices.Contains(names, e.name) {
			continue
		}
		if err := s.add(out, e); err != nil {
			return err
		}
	}
	return nil
}

// lookUp returns the section of an object or of one of its operations, or nil if it has none.
func (s *scope) lookUp(at *yaml.Node, target, name string) (*yaml.Node, error) {
	objectName, op, ofOp := strings.Cut(target, ":")
	var known []string
	for _, lib := range s.libraries {
		known = append(known, lib.names()...)
		o := lib.find(objectName)
		if o == nil {
			continue
		}
		ext, err := s.f.extend(o, nil)
		if err != nil {
			return nil, err
		}
		n := ext.node
		if ofOp {
			ops, err := s.f.child(n, "operations")
			if err != nil {
				return nil, err
			}
			if n, err = s.f.child(ops, op); err != nil {
				return nil, err
			}
			if n == nil {
				continue
			}
		}
		return s.f.child(n, name)
	}
	if ofOp {
		return nil, s.f.errorf(at, "there is no operation '%s' to include", target)
	}
	return nil, s.f.errorf(at, "there is no model or config '%s' to include%s; write CONFIG, MODEL:OPERATION or :OPERATION", target,
		console.DidYouMean(target, known))
}

// child returns the value of a name in a mapping, or nil.
func (p *parser) child(n *yaml.Node, name string) (*yaml.Node, error) {
	if n == nil {
		return nil, nil
	}
	entries, err := p.mapping(n, "a definition")
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(entries, func(e entry) bool { return e.name == name })
	if i < 0 {
		return nil, nil
	}
	return entries[i].value, nil
}

// add adds an entry. If there is one with that name, it merges the attributes.
func (s *scope) add(out *[]entry, e entry) error {
	i := slices.IndexFunc(*out, func(o entry) bool { return o.name == e.name })
	if i < 0 {
		*out = append(*out, e)
		return nil
	}
	old := &(*out)[i]
	if deref(old.value).Kind != yaml.MappingNode || deref(e.value).Kind != yaml.MappingNode {
		old.key, old.value = e.key, e.value
		return nil
	}
	attrs, err := s.f.mapping(old.value, e.name)
	if err != nil {
		return err
	}
	over, err := s.f.mapping(e.value, e.name)
	if err != nil {
		return err
	}
	for _, a := range over {
		if j := slices.IndexFunc(attrs, func(b entry) bool { return b.name == a.name }); j >= 0 {
			attrs[j] = a
		} else {
			attrs = append(attrs, a)
		}
	}
	old.key, old.value = e.key, s.f.newMapping(e.value, attrs)
	return nil
}
