package dependency

import (
	"maps"

	"guild/opdef"
	"guild/opdef/flagvalue"
	"guild/opdef/resource"
)

// flagsUsed returns the names of the flags that decide which files the resources are resolved to.
func flagsUsed(resources []resource.Resource) map[string]bool {
	names := map[string]bool{}
	for i := range resources {
		for j := range resources[i].Sources {
			if src := &resources[i].Sources[j]; src.Kind != resource.FromOperation {
				for _, name := range src.FlagsUsed() {
					names[name] = true
				}
			}
		}
	}
	return names
}

// choices returns the combinations of values that the used flags can have in trials of a batch, whichever trials its optimizer chooses. A
// flag with several values that is not used has the first of them. unknown has the names of used flags with values that cannot be listed.
func choices(spec *opdef.Batch, used map[string]bool) (trials []opdef.Values, unknown map[string]bool) {
	unknown = map[string]bool{}
	reduced := func(vals opdef.Values) opdef.Values {
		vals = maps.Clone(vals)
		for name, v := range vals {
			switch v := v.(type) {
			case flagvalue.SearchSpace:
				vals[name] = nil
				unknown[name] = used[name]
			case []any:
				if !used[name] && len(v) > 0 {
					vals[name] = v[0]
				}
			}
		}
		return vals
	}
	some := &opdef.Batch{Values: reduced(spec.Values), User: reduced(spec.User)}
	for _, row := range spec.Rows {
		some.Rows = append(some.Rows, reduced(row))
	}
	trials, err := some.Grid(0, 0)
	if err != nil { // too many to be listed
		for name := range used {
			if _, several := some.Values[name].([]any); several {
				unknown[name] = true
			}
		}
		return []opdef.Values{reduced(spec.Values)}, unknown
	}
	return trials, unknown
}
