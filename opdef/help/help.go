package help

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"guild/opdef"
	"guild/opdef/flagvalue"
	"guild/runs/console"
)

// Operation writes what an operation is and what flags it has. Its flags should have been imported.
func Operation(w io.Writer, op *opdef.Operation) {
	fmt.Fprintf(w, "Usage: guild run [OPTIONS] %s [FLAG]...\n", op.FullName())
	if op.Description != "" {
		fmt.Fprintf(w, "\n%s\n", op.Description)
	}
	fmt.Fprintf(w, "\nUse 'guild run --help' for a list of options.\n")
	var required [][2]string
	for _, r := range op.KnownResources() {
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

// Model writes what a model is, and its operations and resources.
func Model(w io.Writer, m *opdef.Model) {
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
	for _, name := range slices.Sorted(maps.Keys(m.Resources)) {
		resources = append(resources, [2]string{name, m.Resources[name].Description})
	}
	writeSection(w, "Resources", resources)
}

// writeSection writes names with the first lines of their descriptions below a heading. It writes nothing if there are no names.
func writeSection(w io.Writer, heading string, rows [][2]string) {
	width := 0
	for _, row := range rows {
		width = max(width, console.Columns(row[0]))
	}
	if len(rows) > 0 {
		fmt.Fprintf(w, "\n%s:\n", heading)
	}
	for _, row := range rows {
		first, _, _ := strings.Cut(row[1], "\n")
		fmt.Fprintln(w, strings.TrimRight("  "+row[0]+console.Pad(row[0], width)+"  "+first, " "))
	}
}

// WriteFlags writes a line for each flag, followed by its legal values. Each line begins with indent.
func WriteFlags(w io.Writer, flags []*opdef.Flag, indent string) {
	width := 0
	for _, f := range flags {
		width = max(width, console.Columns(f.Name))
	}
	for i, f := range flags {
		first, rest, _ := strings.Cut(f.Description, "\n")
		line := strings.TrimSpace(first + " " + remark(f))
		fmt.Fprintf(w, "%s\n", strings.TrimRight(indent+f.Name+console.Pad(f.Name, width)+"  "+line, " "))
		more := details(f)
		if rest = strings.TrimSpace(rest); rest != "" {
			more = append(strings.Split(rest, "\n"), more...)
		}
		if len(more) > 0 {
			fmt.Fprintln(w)
		}
		for _, l := range more {
			fmt.Fprintf(w, "%s\n", strings.TrimRight(indent+console.Pad("", width)+"  "+l, " "))
		}
		if len(more) > 0 && i < len(flags)-1 {
			fmt.Fprintln(w)
		}
	}
}

// remark returns the text after the description of a flag: its default, which shows its type too, or else its declared type, except string,
// since every text is one.
func remark(f *opdef.Flag) string {
	var parts []string
	shown := f.Type != "" && f.Type != flagvalue.TypeAuto && f.Type != flagvalue.TypeString
	if shown && f.Default == nil && len(f.Choices) == 0 {
		parts = append(parts, f.Type)
	}
	switch text := f.FormatValue(f.Default); {
	case f.Default == nil && f.Required:
		parts = append(parts, "required")
	case text != "":
		parts = append(parts, "default is "+text)
	}
	if len(parts) == 0 {
		return ""
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// details returns lines about the legal values of a flag.
func details(f *opdef.Flag) []string {
	var lines []string
	if f.Min != nil {
		lines = append(lines, "At least "+flagvalue.FormatBound(*f.Min))
	}
	if f.Max != nil {
		lines = append(lines, "At most "+flagvalue.FormatBound(*f.Max))
	}
	if len(f.Choices) == 0 {
		return lines
	}
	if !slices.ContainsFunc(f.Choices, func(c opdef.Choice) bool { return c.Description != "" }) {
		return append(lines, "Choices:  "+strings.Join(f.ChoiceNames(), ", "))
	}
	lines = append(lines, "Choices:")
	for _, line := range f.ChoiceLines() {
		lines = append(lines, "  "+line)
	}
	return lines
}
