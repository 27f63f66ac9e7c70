package opdef

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// HelpOp writes what an operation is and what flags it has. Flags should have been imported.
func HelpOp(w io.Writer, op *Operation) {
	fmt.Fprintf(w, "Usage: guild run [OPTIONS] %s [FLAG]...\n", op.FullName())
	if op.Description != "" {
		fmt.Fprintf(w, "\n%s\n", op.Description)
	}
	fmt.Fprintf(w, "\nUse 'guild run --help' for a list of options.\n")
	var required [][2]string
	for _, r := range op.known() {
		if r.Description != "" {
			required = append(required, [2]string{r.ResolvingName(), r.Description})
		}
	}
	writeSection(w, "Dependencies", required)
	if len(op.Flags) > 0 {
		fmt.Fprintf(w, "\nFlags:\n")
		WriteFlags(w, op.Flags, "  ")
	}
}

// HelpModel writes what a model is, and what operations and resources it has.
func HelpModel(w io.Writer, m *Model) {
	spec := "OPERATION"
	if m.Name != "" {
		spec = m.Name + ":" + spec
	}
	fmt.Fprintf(w, "Usage: guild run [OPTIONS] %s [FLAG]...\n", spec)
	if m.Description != "" {
		fmt.Fprintf(w, "\n%s\n", m.Description)
	}
	fmt.Fprintf(w, "\nUse 'guild run %s --help-op' for help on an operation.\n", spec)
	var ops, resources [][2]string
	for _, op := range m.Operations {
		if !op.IsPrivate() {
			ops = append(ops, [2]string{op.Name, op.Description})
		}
	}
	writeSection(w, "Operations", ops)
	for _, name := range slices.Sorted(maps.Keys(m.resources)) {
		resources = append(resources, [2]string{name, m.resources[name].Description})
	}
	writeSection(w, "Resources", resources)
}

// writeSection writes names with the first lines of their descriptions, below a heading, if there are any.
func writeSection(w io.Writer, heading string, rows [][2]string) {
	width := 0
	for _, row := range rows {
		width = max(width, len(row[0]))
	}
	if len(rows) > 0 {
		fmt.Fprintf(w, "\n%s:\n", heading)
	}
	for _, row := range rows {
		first, _, _ := strings.Cut(row[1], "\n")
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("  %-*s  %s", width, row[0], first), " "))
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
		if len(more) > 0 {
			fmt.Fprintln(w)
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
	if !slices.ContainsFunc(f.Choices, func(c Choice) bool { return c.Description != "" }) {
		return append(lines, "Choices:  "+strings.Join(f.choiceNames(), ", "))
	}
	lines = append(lines, "Choices:")
	for _, line := range f.choiceLines() {
		lines = append(lines, "  "+line)
	}
	return lines
}

// choiceLines are the choices with what they are, one a line.
func (f *Flag) choiceLines() []string {
	names := f.choiceNames()
	width := 0
	for _, name := range names {
		width = max(width, len(name))
	}
	lines := make([]string, len(names))
	for i, c := range f.Choices {
		first, _, _ := strings.Cut(c.Description, "\n")
		lines[i] = strings.TrimRight(fmt.Sprintf("%-*s  %s", width, names[i], first), " ")
	}
	return lines
}
