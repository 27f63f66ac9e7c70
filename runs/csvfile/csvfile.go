// Package csvfile writes the CSV that commands are asked for.
package csvfile

import (
	"encoding/csv"
	"fmt"
	"io"

	"guild/runs/console"
	"guild/runs/made"
)

// Write lets encode write to the file path, or to the standard output if path is a dash. The file appears complete or not at all. A device or
// a pipe is written to, and not replaced.
func Write(c *console.Console, path string, replace bool, encode func(*csv.Writer) error) error {
	if path == "-" {
		out := c.Out
		if c.Terminal {
			out = console.Escaping(out)
		}
		return encode(csv.NewWriter(out))
	}
	if err := made.File(path, replace, func(w io.Writer) error { return encode(csv.NewWriter(w)) }); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
