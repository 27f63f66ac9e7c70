package filter

import (
	"fmt"
	"regexp"
	"strings"

	"guild/runs"
)

// operations returns a condition that is true for runs whose operation matches one of specs.
//
// A spec is one of:
//   - the name of an operation, `train` or `mnist:train`; `train` matches that operation in every model and package;
//   - a model and a colon, `mnist:`, which matches all operations of the model;
//   - a pattern with * or ?, which must match one of these names, or the operation's own name unless it has a colon or slash;
//   - a regular expression that begins with ^ or ends with $, such as `:(train|evaluate)$`, which is searched in the full name.
//
// The full name of a batch is that of its trials followed by a plus sign: `train+`.
func operations(specs []string) (func(*runs.View) bool, error) {
	var patterns []opPattern
	batches := false
	for _, spec := range specs {
		p, err := newOpPattern(spec)
		if err != nil {
			return nil, err
		}
		patterns = append(patterns, p)
		// Only these can match the name of a batch. Finding that name requires reading two more files.
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
	name string         // the name must equal this, if re is nil
	re   *regexp.Regexp // searched in the names that full and op select
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
		if err != nil { // it is not valid UTF-8, or it is too long
			return opPattern{}, fmt.Errorf("operation filter %q is not a pattern: %w", spec, err)
		}
		return opPattern{re: re, op: !strings.ContainsAny(spec, ":/")}, nil
	}
	return opPattern{name: spec}, nil
}

// match tests the names of one operation, which are ordered from the full name to the operation's own name.
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
