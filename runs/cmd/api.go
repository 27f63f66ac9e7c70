package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"

	"guild/runs"
	"guild/runs/console"
)

// Formatted is how JSON for programs is written.
type Formatted struct {
	Format bool `short:"f" help:"With line breaks."`
}

// write writes a value as Guild AI does, whose JSON on one line has blanks behind commas and colons.
func (k Formatted) write(c *console.Console, v any) error {
	if k.Format {
		return writeJSON(c, v)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	var spaced bytes.Buffer
	text, escaped := false, false
	for _, ch := range b.Bytes() {
		spaced.WriteByte(ch)
		switch {
		case escaped:
			escaped = false
		case text && ch == '\\':
			escaped = true
		case ch == '"':
			text = !text
		case !text && (ch == ',' || ch == ':'):
			spaced.WriteByte(' ')
		}
	}
	c.Printf("%s", spaced.String())
	return nil
}

// APICompare is a comparison for programs, in the form that Guild AI has for them.
type APICompare struct {
	Compared
	Formatted
}

// Run writes what --json of Compare does, with the full id in the first column.
func (k *APICompare) Run(c *console.Console, s *runs.Store) error {
	t, err := k.table(s)
	if err != nil {
		return err
	}
	t.Header[0] = "id"
	for i, row := range t.Rows {
		row[0] = t.Runs[i].ID
	}
	return k.write(c, jsonTable(t))
}
