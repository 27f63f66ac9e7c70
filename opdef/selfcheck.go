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

// KnowsFlags reports whether the guild.yml alone defines the flags of the operation.
func (op *Operation) KnowsFlags() bool {
	if program.DestFile(op.FlagsDest) != "" || op.document != "" {
		return false
	}
	mode := op.FlagsImport.Mode
	return !op.IsPython() || mode == ImportNone || mode == ImportDefined
}

// Defaults returns the defaults of all flags.
func (op *Operation) Defaults() Values {
	vals := make(Values, len(op.Flags))
	for _, f := range op.Flags {
		vals[f.Name] = f.Default
	}
	return vals
}

// CheckFlags checks defaults against types, choices and bounds, and references to flags.
func (op *Operation) CheckFlags() []error {
	var found []error
	for _, f := range op.Flags {
		if f.Type == flagvalue.TypeExistingPath {
			continue // the file may be created later
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

// CheckAssignments checks that assigned flags exist and that their values are legal. Values that refer to other flags are not checked.
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

// standsForSource reports whether a flag chooses a run or file that the operation requires.
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
