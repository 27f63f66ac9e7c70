package opdef

import (
	"fmt"
	"io"
	"strings"
)

// HelpOp writes what an operation is and what flags it has. Flags should have been imported.
func HelpOp(w io.Writer, op *Operation) {
	fmt.Fprintf(w, "Usage: guild run [OPTIONS] %s [FLAG=VALUE]...\n", op.FullName())
	if op.Description != "" {
		fmt.Fprintf(w, "\n%s\n", op.Description)
	}
	fmt.Fprintf(w, "\n'guild run --help' lists the options.\n")
	if len(op.Flags) > 0 {
		fmt.Fprintf(w, "\nFlags:\n")
		WriteFlags(w, op.Flags, "  ")
	}
}

// WriteFlags writes one line for each flag, with what follows from its attributes below it, each line after the indent.
func WriteFlags(w io.Writer, flags []*Flag, indent string) {
	width := 0
	for _, f := range flags {
		width = max(width, len(f.Name))
	}
	for i, f := range flags {
		first, rest, _ := strings.Cut(f.Description, "\n")
		line := strings.TrimSpace(first + " " + f.remark())
		fmt.Fprintf(w, "%s\n", strings.TrimRight(fmt.Sprintf("%s%-*s  %s", indent, width, f.Name, line), " "))
		more := f.details()
		if rest = strings.TrimSpace(rest); rest != "" {
			more = append(strings.Split(rest, "\n"), more...)
		}
		for _, l := range more {
			fmt.Fprintf(w, "%s\n", strings.TrimRight(fmt.Sprintf("%s%-*s  %s", indent, width, "", l), " "))
		}
		if len(more) > 0 && i < len(flags)-1 {
			fmt.Fprintln(w)
		}
	}
}

// remark is what stands behind the description of a flag.
func (f *Flag) remark() string {
	switch text := f.FormatValue(f.Default); {
	case f.Default == nil && f.Required:
		return "(required)"
	case text != "":
		return "(default is " + text + ")"
	}
	return ""
}

// details are the lines on legal values.
func (f *Flag) details() []string {
	var lines []string
	if f.Min != nil {
		lines = append(lines, "At least "+formatBound(*f.Min))
	}
	if f.Max != nil {
		lines = append(lines, "At most "+formatBound(*f.Max))
	}
	if len(f.Choices) == 0 {
		return lines
	}
	described, width := false, 0
	names := f.choiceNames()
	for i, c := range f.Choices {
		described = described || c.Description != ""
		width = max(width, len(names[i]))
	}
	if !described {
		return append(lines, "Choices: "+strings.Join(names, ", "))
	}
	lines = append(lines, "Choices:")
	for i, c := range f.Choices {
		first, _, _ := strings.Cut(c.Description, "\n")
		lines = append(lines, fmt.Sprintf("  %-*s  %s", width, names[i], first))
	}
	return lines
}
