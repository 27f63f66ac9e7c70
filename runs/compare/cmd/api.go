package cmd

import (
	"guild/runs/catalog"
	"guild/runs/console"
)

// APICompare writes a comparison for programs, in the form of Guild AI.
type APICompare struct {
	Compared
	console.Formatted
}

// Run writes the output of Compare --json, with full ids in the first column.
func (k *APICompare) Run(c *console.Console, s *catalog.Catalog) error {
	t, err := k.table(s)
	if err != nil {
		return err
	}
	t.Header[0] = "id"
	for i, row := range t.Rows {
		row[0] = t.Runs[i].ID
	}
	return k.Write(c, jsonTable(t))
}
