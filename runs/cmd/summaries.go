package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"guild/runs"
	"guild/runs/console"
)

// writeSummaries writes runs as a JSON list of their summaries, as writeJSON would, but that of many runs with a line for each:
// to indent them takes as long as all the rest. It takes some thousand at a time, so that all processors have a part in it and
// memory does not hold all of the text.
func writeSummaries(c *console.Console, list []*runs.Run) error {
	const some, many = 4096, 1000
	if len(list) == 0 {
		return writeJSON(c, []runs.Summary{})
	}
	between := "[\n  "
	for part := range slices.Chunk(list, some) {
		texts := make([][]byte, len(part))
		errs := make([]error, len(part))
		runs.Each(len(part), func(i int) { texts[i], errs[i] = summaryJSON(part[i], len(list) <= many) })
		var out bytes.Buffer
		for i, text := range texts {
			if errs[i] != nil {
				return fmt.Errorf("write JSON: %w", errs[i])
			}
			out.WriteString(between)
			out.Write(text)
			between = ",\n  "
		}
		if _, err := c.Out.Write(out.Bytes()); err != nil {
			return fmt.Errorf("write JSON: %w", err)
		}
	}
	c.Printf("\n]\n")
	return nil
}

// summaryJSON is the summary of a run as an element of a list.
func summaryJSON(r *runs.Run, indented bool) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if indented {
		e.SetIndent("  ", "  ")
	}
	err := e.Encode(r.Summary(r.State()))
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}
