package opdef

import (
	"guild/opdef/resource"
)

// Model is a named set of operations. The model without a name holds the operations of a file without models.
type Model struct {
	Name        string
	Description string
	Default     bool
	Operations  []*Operation // in name order

	Resources map[string]resource.Resource // by name; those that cannot be used have an Err
}
