package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// Formatted is the option that selects how JSON for programs is written.
type Formatted struct {
	Format bool `short:"f" help:"With line breaks."`
}

// Write writes a value as JSON. On one line it has blanks after commas and colons, as Guild AI's JSON has.
func (k Formatted) Write(c *Console, v any) error {
	if k.Format {
		return c.WriteJSON(v)
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

// WriteJSON writes a value as JSON with line breaks.
func (c *Console) WriteJSON(v any) error { return WriteJSON(Escaping(c.Out), v) }

// WriteJSON writes a value to w as JSON with line breaks.
func WriteJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}
