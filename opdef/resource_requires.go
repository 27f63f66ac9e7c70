package opdef

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// requirement is one entry of requires: a resource, or the name of one, NAME or MODEL:NAME, that may refer to flags.
type requirement struct {
	resource Resource
	ref      string
}

// resourceSet is the named resources of a Guild file, by model.
type resourceSet map[string]map[string]Resource

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
		p.op.requires = append(p.op.requires, requirement{ref: ref})
		return nil
	}
	if v == nil {
		return nil
	}
	p.warnResource(item, what)
	r, err := ParseResource(p.scope.ownFiles(v), "")
	if err != nil {
		return p.errorf(item, "%s: %v", what, err)
	}
	p.op.requires = append(p.op.requires, requirement{resource: r})
	return nil
}

// resources reads the named resources of a model. One that cannot be used is an error of the operations that require it.
func (p *modelParser) resources(n *yaml.Node) error {
	entries, err := p.scope.section(n, "resources")
	p.model.resources = make(map[string]Resource, len(entries))
	for _, e := range entries {
		what := "resource '" + e.name + "'"
		p.warnResource(e.value, what)
		v, err := p.value(e.value, what)
		r := Resource{}
		if err == nil {
			if r, err = ParseResource(p.scope.ownFiles(v), e.name); err != nil {
				err = p.errorf(e.value, "%s: %v", what, err)
			}
		}
		if err != nil {
			r.err = err
			p.fail(err)
		}
		p.model.resources[e.name] = r
	}
	return err
}

// linkResources lets the operations of models find the resources that they name, and gives them the flags of what they
// require.
func linkResources(models []*Model) {
	set := resourceSet{}
	for _, m := range models {
		set[m.Name] = m.resources
	}
	for _, m := range models {
		for _, op := range m.Operations {
			op.resources = set
			if err := op.requireConfig(); err != nil {
				op.fail(err)
			}
			if len(op.requires) > 0 {
				op.addResourceFlags()
				op.refuseDVC()
			}
		}
	}
}

// Requires returns the resources that the operation requires with these values of its flags.
func (op *Operation) Requires(vals Values) ([]Resource, error) {
	out := make([]Resource, 0, len(op.requires))
	for _, req := range op.requires {
		if req.ref == "" {
			out = append(out, req.resource)
			continue
		}
		name, err := ExpandFlags(req.ref, vals)
		if err != nil {
			return nil, fmt.Errorf("operation '%s' requires '%s': %w", op.FullName(), req.ref, err)
		}
		r, ok := op.resource(name)
		if !ok {
			return nil, fmt.Errorf("resource '%s' required by operation '%s' is not defined%s", name, op.FullName(),
				didYouMean(name, slices.Sorted(maps.Keys(op.resources[op.Model]))))
		}
		if r.err != nil {
			return nil, r.err
		}
		out = append(out, r)
	}
	return out, nil
}

// refuseDVC makes an operation that requires files of DVC one that cannot be run.
func (op *Operation) refuseDVC() {
	for _, r := range op.known() {
		for i := range r.Sources {
			if s := &r.Sources[i]; s.Kind == fromDVCFile || s.Kind == fromDVCStage {
				op.fail(fmt.Errorf("operation '%s' requires %s:%s, but DVC is not supported; pull the file with dvc and require 'file: ...'",
					op.FullName(), s.Kind, s.Ref))
			}
		}
	}
}

func (op *Operation) resource(name string) (Resource, bool) {
	model := op.Model
	if m, n, ok := strings.Cut(name, ":"); ok {
		model, name = m, n
	}
	r, ok := op.resources[model][name]
	return r, ok
}

// RequiredRuns are the operations that the sources of required runs name, a list for each source. known is false where they cannot
// be told before the values of flags are.
func (op *Operation) RequiredRuns() (names [][]string, known bool) {
	for _, r := range op.known() {
		if len(r.Sources) == 0 {
			return nil, false
		}
		for j := range r.Sources {
			if r.Sources[j].Kind != FromOperation {
				continue
			}
			list, err := r.Sources[j].Operations(nil)
			if err != nil {
				return nil, false
			}
			names = append(names, list)
		}
	}
	return names, true
}

// known are the requirements that can be told before the values of flags are.
func (op *Operation) known() []Resource {
	var out []Resource
	for _, req := range op.requires {
		r := req.resource
		if req.ref != "" {
			r, _ = op.resource(req.ref)
		}
		out = append(out, r)
	}
	return out
}

// addResourceFlags gives the operation a flag for each source that has one. Of a flag that is defined already, what is left
// open is filled in: it is not passed on, and a type that its value cannot have is dropped.
func (op *Operation) addResourceFlags() {
	for _, r := range op.known() {
		for i := range r.Sources {
			f := r.Sources[i].flag()
			if f == nil {
				continue
			}
			old := op.Flag(f.Name)
			if old == nil {
				op.Flags = append(op.Flags, f)
				continue
			}
			if !old.argSkipSet {
				old.ArgSkip, old.argSkipSet = true, true
			}
			if old.Default == nil {
				old.Default = f.Default
			}
			path := r.Sources[i].Kind == FromFile && (old.Type == TypePath || old.Type == TypeExistingPath)
			if path {
				continue
			}
			if old.Type != "" && old.Type != TypeString {
				op.warnings = append(op.warnings, fmt.Sprintf("flag '%s' for operation %s is configured with type '%s' - "+
					"this value cannot be used because it conflicts with the dependency '%s' - ignoring configured value",
					old.Name, op.FullName(), old.Type, r.Sources[i].ResolvingName()))
			}
			old.Type = TypeString
		}
	}
	slices.SortFunc(op.Flags, func(a, b *Flag) int { return cmp.Compare(a.Name, b.Name) })
}

// requiredPaths are the files and directories of the project that the operation requires: they are no source code.
func (op *Operation) requiredPaths() map[string]bool {
	var paths map[string]bool
	for _, r := range op.known() {
		for i := range r.Sources {
			if p := r.Sources[i].localPath(); p != "" {
				if paths == nil {
					paths = map[string]bool{}
				}
				paths[p] = true
			}
		}
	}
	return paths
}

// ExpandFlags replaces each ${FLAG} of s by the value of the flag.
func ExpandFlags(s string, vals Values) (string, error) {
	return expand(s, func(ref string) (string, error) {
		v, ok := vals[ref]
		if !ok {
			return "", fmt.Errorf("undefined reference '%s'", ref)
		}
		return plainText(v), nil
	})
}

// EncodeJSON writes a value as Python's json module does, with the names of mappings in order.
func EncodeJSON(v any) string { return encodeJSON(v) }
