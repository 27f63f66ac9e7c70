package filter

import (
	"fmt"
	"regexp"
	"strings"

	"guild/runs"
)

// operations returns the condition that a run's operation matches one of specs.
//
// A spec is the name of an operation, `train` or `mnist:train`; `train` also finds the operation in every model and package.
// `mnist:` is every operation of a model. With * or ? in it, it is a pattern for the same names, of the operation alone where it
// has neither a colon nor a slash. `^mnist:` and `:(train|evaluate)$` are regular expressions, searched
// in the full name. The full name of a batch is that of its trials with a plus sign: `train+`.
func operations(specs []string) (func(*runs.View) bool, error) {
	var patterns []opPattern
	batches := false
	for _, spec := range specs {
		p, err := newOpPattern(spec)
		if err != nil {
			return nil, err
		}
		patterns = append(patterns, p)
		// Only these can match the name of a batch, which takes two more looks at the disk.
		batches = batches || strings.ContainsAny(spec, "+*?^$")
	}
	matches := func(names ...string) bool {
		for _, p := range patterns {
			if p.match(names) {
				return true
			}
		}
		return false
	}
	return func(r *runs.View) bool {
		ref := r.Opref()
		full := ref.OpSpec()
		if matches(full, strings.TrimPrefix(full, ref.PkgName+"/"), ref.Op) {
			return true
		}
		return batches && r.IsBatch() && matches(r.OpSpec())
	}, nil
}

type opPattern struct {
	name string         // to be equal to, where re is nil
	re   *regexp.Regexp // to be found in the full name, or where whole, to match one of the names
	full bool           // re looks at the full name only
	op   bool           // re looks at the name of the operation only
}

func newOpPattern(spec string) (opPattern, error) {
	if strings.HasPrefix(spec, "^") || strings.HasSuffix(spec, "$") {
		re, err := regexp.Compile(spec)
		if err != nil {
			return opPattern{}, fmt.Errorf("operation filter %q is not a regular expression: %w", spec, err)
		}
		return opPattern{re: re, full: true}, nil
	}
	if strings.HasSuffix(spec, ":") || strings.HasSuffix(spec, "/") {
		spec += "*"
	}
	if strings.ContainsAny(spec, "*?") {
		expr := regexp.QuoteMeta(spec)
		expr = strings.ReplaceAll(expr, `\*`, ".*")
		expr = strings.ReplaceAll(expr, `\?`, ".")
		re, err := regexp.Compile("^(?s:" + expr + ")$")
		if err != nil { // it is not UTF-8, or too long
			return opPattern{}, fmt.Errorf("operation filter %q is not a pattern: %w", spec, err)
		}
		return opPattern{re: re, op: !strings.ContainsAny(spec, ":/")}, nil
	}
	return opPattern{name: spec}, nil
}

// match looks at the names of one operation, the full one first and that of the operation last.
func (p opPattern) match(names []string) bool {
	for i, name := range names {
		switch {
		case p.re == nil:
			if name == p.name {
				return true
			}
		case (!p.full || i == 0) && (!p.op || i == len(names)-1):
			if p.re.MatchString(name) {
				return true
			}
		}
	}
	return false
}
