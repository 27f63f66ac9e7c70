package opdef

import (
	"fmt"

	"guild/opdef/flagvalue"
)

// Debug says where Python's debugger stops an operation.
type Debug struct {
	Break   []string // LINE of the main module, FILE:LINE or MODULE.FUNCTION
	OnError bool     // where it fails
}

// SetDebug makes the operation run in Python's debugger. It returns an error if the operation does not run Python.
func (op *Operation) SetDebug(d Debug) error {
	if m := op.Python(); op.Main == "" || m.IsPass() {
		return fmt.Errorf("operation '%s' is not a Python script, so Python's debugger cannot stop it", op.FullName())
	}
	op.Debug = &d
	return nil
}

func (d *Debug) encode() string {
	places := make([]any, len(d.Break))
	for i, p := range d.Break {
		places[i] = p
	}
	return flagvalue.EncodeJSON(map[string]any{"break": places, "on_error": d.OnError})
}
