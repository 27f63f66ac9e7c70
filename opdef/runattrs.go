package opdef

import (
	"maps"
	"slices"

	"guild/runs/attrname"
)

// CustomAttrs returns the attributes that the operation gives to its runs. reserved are the names of those that are left out because
// guild writes attributes of the same names, in order.
func (op *Operation) CustomAttrs() (attrs map[string]any, reserved []string) {
	attrs = maps.Clone(op.RunAttrs)
	for name := range attrs {
		if attrname.IsReserved(name) {
			reserved = append(reserved, name)
			delete(attrs, name)
		}
	}
	slices.Sort(reserved)
	return attrs, reserved
}
