package opdef

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"guild/opdef/flagvalue"
	"guild/opdef/program"
	"guild/opdef/resource"
	"guild/runs/console"
)

// requirement is an entry of requires: a resource, or a reference to a named resource, NAME or MODEL:NAME, which may refer to flags.
type requirement struct {
	resource resource.Resource
	ref      string
}

// resourceSet holds the named resources of a guild.yml, by model and name.
type resourceSet map[string]map[string]resource.Resource

// LinkResources lets the operations of models find the resources that they refer to, and adds the flags of required resources to them.
func LinkResources(models []*Model) {
	set := resourceSet{}
	for _, m := range models {
		set[m.Name] = m.Resources
	}
	for _, m := range models {
		for _, op := range m.Operations {
			op.resources = set
			if err := op.requireConfig(); err != nil {
				op.Fail(err)
			}
			if len(op.requires) > 0 {
				op.addResourceFlags()
				op.refuseDVC()
			}
		}
	}
}

// Requires returns the resources that the operation requires with these values of its flags.
func (op *Operation) Requires(vals Values) ([]resource.Resource, error) {
	out := make([]resource.Resource, 0, len(op.requires))
	for _, req := range op.requires {
		if req.ref == "" {
			out = append(out, req.resource)
			continue
		}
		name, err := flagvalue.ExpandFlags(req.ref, vals)
		if err != nil {
			return nil, fmt.Errorf("operation '%s' requires '%s': %w", op.FullName(), req.ref, err)
		}
		r, ok := op.resource(name)
		if !ok {
			return nil, fmt.Errorf("resource '%s' required by operation '%s' is not defined%s", name, op.FullName(),
				console.DidYouMean(name, slices.Sorted(maps.Keys(op.resources[op.Model]))))
		}
		if r.Err != nil {
			return nil, r.Err
		}
		out = append(out, r)
	}
	return out, nil
}

// refuseDVC fails an operation that requires files of DVC.
func (op *Operation) refuseDVC() {
	for _, r := range op.KnownResources() {
		for i := range r.Sources {
			if s := &r.Sources[i]; s.Kind == resource.FromDVCFile || s.Kind == resource.FromDVCStage {
				op.Fail(fmt.Errorf("operation '%s' requires %s:%s, but DVC is not supported; pull the file with dvc and require 'file: ...'",
					op.FullName(), s.Kind, s.Ref))
			}
		}
	}
}

func (op *Operation) resource(name string) (resource.Resource, bool) {
	model := op.Model
	if m, n, ok := strings.Cut(name, ":"); ok {
		model, name = m, n
	}
	r, ok := op.resources[model][name]
	return r, ok
}

// RequiredRuns returns the names of operations whose runs are required, a list for each source. known is false if they depend on the
// values of flags.
func (op *Operation) RequiredRuns() (names [][]string, known bool) {
	for _, r := range op.KnownResources() {
		if len(r.Sources) == 0 {
			return nil, false
		}
		for j := range r.Sources {
			if r.Sources[j].Kind != resource.FromOperation {
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

// KnownResources returns the required resources. One whose name depends on the values of flags is empty.
func (op *Operation) KnownResources() []resource.Resource {
	var out []resource.Resource
	for _, req := range op.requires {
		r := req.resource
		if req.ref != "" {
			r, _ = op.resource(req.ref)
		}
		out = append(out, r)
	}
	return out
}

// addResourceFlags adds a flag for each source that has one. If the flag is defined already, its default and arg-skip are completed,
// and a type that its value cannot have is dropped.
func (op *Operation) addResourceFlags() {
	for _, r := range op.KnownResources() {
		for i := range r.Sources {
			f := sourceFlag(&r.Sources[i])
			if f == nil {
				continue
			}
			old := op.Flag(f.Name)
			if old == nil {
				op.Flags = append(op.Flags, f)
				continue
			}
			if !old.ArgSkipSet {
				old.ArgSkip, old.ArgSkipSet = true, true
			}
			if old.Default == nil {
				old.Default = f.Default
			}
			path := r.Sources[i].Kind == resource.FromFile && (old.Type == flagvalue.TypePath || old.Type == flagvalue.TypeExistingPath)
			if path {
				continue
			}
			if old.Type != "" && old.Type != flagvalue.TypeString {
				op.warnings = append(op.warnings, fmt.Sprintf("flag '%s' for operation %s is configured with type '%s' - "+
					"this value cannot be used because it conflicts with the dependency '%s' - ignoring configured value",
					old.Name, op.FullName(), old.Type, r.Sources[i].ResolvingName()))
			}
			old.Type = flagvalue.TypeString
		}
	}
	slices.SortFunc(op.Flags, func(a, b *Flag) int { return cmp.Compare(a.Name, b.Name) })
}

// requiredPaths returns the files and directories of the project that the operation requires. They are not source code.
func (op *Operation) requiredPaths() map[string]bool {
	var paths map[string]bool
	for _, r := range op.KnownResources() {
		for i := range r.Sources {
			if p := r.Sources[i].LocalPath(); p != "" {
				if paths == nil {
					paths = map[string]bool{}
				}
				paths[p] = true
			}
		}
	}
	return paths
}

// SourceFlag returns the name of the flag whose value replaces a source of the required resources.
func (op *Operation) SourceFlag(s *resource.Source) string {
	for _, name := range s.FlagNames() {
		if op.Flag(name) != nil {
			return name
		}
	}
	return s.ResolvingName()
}

// sourceFlag returns the flag that a source adds to its operation, or nil. A source of runs always adds one, a file only if it has
// flag-name.
func sourceFlag(s *resource.Source) *Flag {
	f := &Flag{Name: cmp.Or(s.FlagName, s.Name, s.URI()), Type: flagvalue.TypeString, ArgSkip: true, ArgSkipSet: true}
	switch {
	case s.NoFlag:
	case s.Kind == resource.FromFile && s.FlagName != "":
		f.Default = s.Ref
		return f
	case s.Kind == resource.FromOperation:
		if s.FlagName == "" && s.Name == "" {
			f.Alias = s.Ref
		}
		return f
	}
	return nil
}

// Require adds a required resource.
func (op *Operation) Require(r resource.Resource) {
	op.requires = append(op.requires, requirement{resource: r})
}

// RequireNamed adds a reference to a named resource, NAME or MODEL:NAME, which may refer to flags.
func (op *Operation) RequireNamed(name string) {
	op.requires = append(op.requires, requirement{ref: name})
}

// requireConfig requires the config file that flags go to, so that the run gets a copy with the values of its flags. If the operation
// requires the file itself, its attributes are kept.
func (op *Operation) requireConfig() error {
	file := program.DestFile(op.FlagsDest)
	if file == "" || len(op.errs) > 0 {
		return nil
	}
	for i, req := range op.requires {
		r := req.resource
		if req.ref != "" {
			r, _ = op.resource(req.ref)
		}
		if !slices.ContainsFunc(r.Sources, func(s resource.Source) bool { return s.IsConfig(file) }) {
			continue
		}
		resolved, err := resource.Parse(r.ReplacingConfig(file), r.Name)
		op.requires[i] = requirement{resource: resolved}
		return err
	}
	data := map[string]any{resource.FromConfig: file, "replace-existing": true, "always-resolve": true}
	if dir := filepath.ToSlash(filepath.Dir(file)); dir != "." {
		data["target-path"] = dir
	}
	r, err := resource.Parse(data, "")
	op.requires = append(op.requires, requirement{resource: r})
	return err
}

// RequiresByFlag reports whether the required resources depend on the values of flags.
func (op *Operation) RequiresByFlag() bool {
	return slices.ContainsFunc(op.requires, func(r requirement) bool { return strings.Contains(r.ref, "${") })
}
