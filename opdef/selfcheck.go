package opdef

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"guild/opdef/flagvalue"
	"guild/opdef/program"
	"guild/opdef/resource"
)

// KnowsFlags tells whether the guild.yml says what flags the operation has.
func (op *Operation) KnowsFlags() bool {
	if program.DestFile(op.FlagsDest) != "" || op.document != "" {
		return false
	}
	mode := op.FlagsImport.Mode
	return !op.IsPython() || mode == ImportNone || mode == ImportDefined
}

// Defaults are the defaults of all flags.
func (op *Operation) Defaults() Values {
	vals := make(Values, len(op.Flags))
	for _, f := range op.Flags {
		vals[f.Name] = f.Default
	}
	return vals
}

// CheckFlags holds the defaults against types, choices and bounds, and what refers to flags against these.
func (op *Operation) CheckFlags() []error {
	var found []error
	for _, f := range op.Flags {
		if f.Type == flagvalue.TypeExistingPath {
			continue // a file can come to be
		}
		if _, err := op.checkAll(f, f.Default, op.Dir); f.Default != nil && err != nil {
			found = append(found, fmt.Errorf("its default: %w", err))
		}
	}
	if !op.KnowsFlags() {
		return found
	}
	if err := op.CheckRefs(op.Defaults()); err != nil {
		found = append(found, errors.New(strings.TrimPrefix(err.Error(), fmt.Sprintf("operation '%s': ", op.FullName()))))
	}
	return found
}

// CheckAssignments looks for the flags that are set, and at values that do not come from other flags.
func (op *Operation) CheckAssignments(assign []string) []error {
	var found []error
	var fixed []string
	for _, a := range assign {
		name, value, _ := strings.Cut(a, "=")
		switch {
		case op.Flag(name) != nil || op.FlagByAlias(name) != nil:
			if !strings.Contains(value, "${") {
				fixed = append(fixed, a)
			}
		case !op.standsForSource(name):
			found = append(found, op.unknownFlag(name))
		}
	}
	if _, _, err := op.ReadInput(Input{Assign: fixed, Partial: true}); err != nil && len(found) == 0 && len(op.CheckFlags()) == 0 {
		found = append(found, err)
	}
	return found
}

// standsForSource tells flags by which runs and files are chosen that the operation requires.
func (op *Operation) standsForSource(name string) bool {
	for _, r := range op.KnownResources() {
		for i := range r.Sources {
			s := &r.Sources[i]
			if name == s.ResolvingName() || slices.Contains(s.FlagNames(), name) || slices.Contains(s.FlagNames(), resource.FromOperation+":"+name) {
				return true
			}
		}
	}
	return false
}
