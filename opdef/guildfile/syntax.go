package guildfile

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"guild/opdef"
)

// syntaxError returns an error of the YAML parser with its place. The parser reports at best the line where the mapping or list around
// the mistake begins. The mistake is after the longest part of the file, from its start, that is YAML.
func syntaxError(path string, data []byte, err error) *opdef.FileError {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	near := 1
	if rest, ok := strings.CutPrefix(msg, "line "); ok {
		if num, what, ok := strings.Cut(rest, ": "); ok {
			if n, err := strconv.Atoi(num); err == nil {
				near, msg = n, what
			}
		}
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	line := max(1, min(near, len(lines)))
	for n := max(0, near-2); n < len(lines) && n < near+maxSearch; n++ {
		var doc yaml.Node
		if yaml.Unmarshal(bytes.Join(lines[:n], nil), &doc) == nil {
			line = n + 1
		}
	}
	text := string(lines[line-1])
	e := &opdef.FileError{
		Place: opdef.Place{Path: path, Line: line, Column: len(text) - len(strings.TrimLeft(text, " \t")) + 1},
		Msg:   "this is not YAML: " + msg,
	}
	if strings.Contains(text, "\t") {
		e.Msg += "; indent with spaces, not with tabs"
	}
	return e
}

// maxSearch is the number of lines after the reported one that are searched for the mistake.
const maxSearch = 50

func errorAt(path string, n *yaml.Node, format string, args ...any) *opdef.FileError {
	return &opdef.FileError{
		Place: opdef.Place{Path: path, Line: max(1, n.Line), Column: max(1, n.Column)},
		Msg:   fmt.Sprintf(format, args...),
	}
}
