package console

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Formatted is the option that selects how JSON for programs is written.
type Formatted struct {
	Format bool `short:"f" help:"With line breaks."`
}

// Write writes a value as JSON. On one line it has blanks after commas and colons, as Guild AI's JSON has.
func (k Formatted) Write(c *Console, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if k.Format {
		e.SetIndent("", "  ")
	}
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	if k.Format {
		c.Printf("%s", b.String())
		return nil
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
