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
	for i, f := range r.Failures {
		if i > 0 && f.Options.On(ReportOnlyFirstFailure) {
			continue
		}
		f.report(&b, r.Path)
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
	return fmt.Sprintf("failed (%d of %s)", len(r.Failures), count(r.Attempted, "example"))
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (f Failure) report(b *strings.Builder, path string) {
	fmt.Fprintf(b, "%s:%d: failed example\n", path, f.Example.Line)
	section(b, "", f.Example.Source)
	switch {
	case f.Err != nil:
		if f.Example.WantErr != "" {
			section(b, "expected error", f.Example.WantErr)
		}
		section(b, "printed", f.Got)
		section(b, "error", f.Trace+f.Err.Error()+"\n")
	case f.showsDiff():
		section(b, "difference (- expected, + got)", unifiedDiff("expected", "got", visibleLines(f.Example.Want), visibleLines(f.Got)))
	default:
		section(b, "expected", orNothing(f.Example.Want))
		section(b, "got", orNothing(f.Got))
	}
	b.WriteString("\n")
}

// showsDiff reports whether a difference says more than both texts: when each has several lines.
func (f Failure) showsDiff() bool {
	asked := f.Options.On(ReportUDiff) || f.Options.On(ReportCDiff) || f.Options.On(ReportNDiff)
	return asked && f.Example.Want != "" && f.Got != ""
}

// visibleLines ends the text with a newline, which a diff needs to compare last lines.
func visibleLines(text string) string {
	if strings.HasSuffix(text, "\n") {
		return text
	}
	return text + "\n"
}

func orNothing(text string) string {
	if text == "" {
		return "(nothing)\n"
	}
	return text
}

// section writes an indented part of a report; an empty one is left out.
func section(b *strings.Builder, title, text string) {
	if text == "" {
		return
	}
	indent := "    "
	if title != "" {
		fmt.Fprintf(b, "  %s:\n", title)
	}
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		b.WriteString(strings.TrimRight(indent+line, " ") + "\n")
	}
}
