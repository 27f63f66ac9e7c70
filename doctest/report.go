package doctest

import (
	"fmt"
	"io"
	"strings"
)

// nameWidth is the column in which the outcomes of documents start.
const nameWidth = 40

// Report writes what a user should know of a document: its failures, then one line with the name and the outcome.
func (r *Result) Report(w io.Writer) error {
	var b strings.Builder
	for _, f := range r.Failures {
		fmt.Fprintf(&b, "%s:%d: failed example\n%s%s\n", r.Path, f.Line, indented("    ", f.Source), indented("  ", f.Text))
	}
	fmt.Fprintf(&b, "%-*s %s\n", nameWidth, r.Path+":", r.outcomeText())
	if r.Warning != nil {
		fmt.Fprintf(&b, "  %s\n", r.Warning)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Result) outcomeText() string {
	switch r.Outcome {
	case OK:
		return "ok"
	case Skipped:
		return "ok (skipped)"
	case LeftOut:
		return fmt.Sprintf("skipped (%s)", r.Reason)
	case NotFound:
		return "not found"
	case Broken:
		return fmt.Sprintf("error (%s)", r.Err)
	}
	noun := "examples"
	if r.Attempted == 1 {
		noun = "example"
	}
	return fmt.Sprintf("failed (%d of %d %s)", r.Failed, r.Attempted, noun)
}

// indented returns the lines of text with white space in front and none at their ends.
func indented(indent, text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimRight(indent+line, " \n") + "\n")
	}
	return b.String()
}
