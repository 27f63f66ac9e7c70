package cmd

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"

	"guild/runs"
	"guild/runs/console"
	"guild/runs/runjson"
)

// writeSummaries writes summaries as a JSON list in the form of writeJSON; of many summaries each is on one line, since indenting them
// takes as long as everything else.
func writeSummaries(c *console.Console, list []summary) error {
	const many = 1000
	if len(list) == 0 {
		return c.WriteJSON([]runjson.Run{})
	}
	out := bufio.NewWriterSize(console.Escaping(c.Out), 1<<20)
	var indented bytes.Buffer
	between := "[\n  "
	for _, one := range list {
		if one.err != nil {
			return fmt.Errorf("write JSON: %w", one.err)
		}
		text := one.text
		if len(list) <= many {
			indented.Reset()
			_ = json.Indent(&indented, text, "  ", "  ") // cannot fail for valid JSON
			text = indented.Bytes()
		}
		_, _ = out.WriteString(between)
		_, _ = out.Write(text) // Flush returns the error
		between = ",\n  "
	}
	_, _ = out.WriteString("\n]\n")
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

// summary is the JSON form of a run in a list.
type summary struct {
	text  []byte
	err   error
	waits *runs.Run // the run if it waits and its reason is still to be added; otherwise nil
}

func summaryOf(r *runs.View) summary {
	state := r.State()
	s := encode(runjson.Of(r, state))
	if state.Status.Waits() && state.Reason == "" {
		s.waits = r.Run()
	}
	return s
}

func encode(of runjson.Run) summary {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(of)
	return summary{text: bytes.TrimSuffix(out.Bytes(), []byte("\n")), err: err}
}

// addReasons adds the reasons of waiting runs.
func addReasons(list []summary, why *reasons) {
	for i, s := range list {
		if s.waits == nil {
			continue
		}
		state := s.waits.State()
		state.Reason = why.of(s.waits, state.Status)
		list[i] = encode(runjson.Of(s.waits, state))
	}
}

func summariesOf(list []*runs.Run) []summary {
	all := make([]summary, len(list))
	runs.Each(len(list), func(i int) { all[i] = summaryOf(list[i].AsView()) })
	return all
}
