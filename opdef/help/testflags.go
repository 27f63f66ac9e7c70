package help

import (
	"fmt"
	"io"

	"guild/opdef"
	"guild/opdef/flagvalue"
)

// TestFlags writes how flags are passed and imported, and all attributes of each flag. The flags should have been imported.
func TestFlags(w io.Writer, op *opdef.Operation) {
	fmt.Fprintf(w, "### Flags of %s\n", op.FullName())
	writeAttr(w, "", "flags-dest", emptyAsNil(op.FlagsDest))
	writeAttr(w, "", "flags-import", importData(op.FlagsImport))
	fmt.Fprintln(w, "flags:")
	for _, f := range op.Flags {
		fmt.Fprintf(w, "  %s:\n", f.Name)
		for _, a := range attrs(f) {
			writeAttr(w, "    ", a.name, a.value)
		}
	}
}

// writeAttr writes a name with its value, or without one if it is nil.
func writeAttr(w io.Writer, indent, name string, v any) {
	line := indent + name + ":"
	if v != nil {
		line += " " + flagvalue.Format(v)
	}
	fmt.Fprintln(w, line)
}

type flagAttrValue struct {
	name  string
	value any // nil: not set
}

// attrs returns the attributes of a flag in the form of a guild.yml.
func attrs(f *opdef.Flag) []flagAttrValue {
	choices := make([]any, len(f.Choices))
	for i, c := range f.Choices {
		choices[i] = flagvalue.Format(c.Value)
	}
	var skip any
	if f.ArgSkipSet || f.ArgSkip {
		skip = f.ArgSkip
	}
	return []flagAttrValue{
		{"default", f.Default},
		{"type", emptyAsNil(f.Type)},
		{"required", f.Required},
		{"arg-name", emptyAsNil(f.ArgName)},
		{"arg-skip", skip},
		{"arg-switch", f.ArgSwitch},
		{"arg-split", emptyAsNil(f.ArgSplit)},
		{"arg-encoding", encodingData(f.Command().ArgEncoding)},
		{"env-name", emptyAsNil(f.EnvName)},
		{"env-encoding", encodingData(f.EnvEncoding)},
		{"choices", choices},
		{"allow-other", f.AllowOther},
		{"distribution", f.Extra["distribution"]},
		{"max", bound(f.Max)},
		{"min", bound(f.Min)},
		{"null-label", emptyAsNil(f.NullLabel)},
	}
}

func emptyAsNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func bound(f *float64) any {
	if f == nil {
		return nil
	}
	return flagvalue.DecodeScalar("", flagvalue.FormatBound(*f))
}

func encodingData(enc map[string]string) any {
	if len(enc) == 0 {
		return nil
	}
	out := make(map[string]any, len(enc))
	for value, text := range enc {
		out[value] = text
	}
	return out
}

// importData returns flags-import in the form of a guild.yml.
func importData(i opdef.Import) any {
	switch i.Mode {
	case opdef.ImportAll:
		return true
	case opdef.ImportNone:
		return []any{}
	case opdef.ImportNamed:
		names := make([]any, len(i.Names))
		for j, name := range i.Names {
			names[j] = name
		}
		return names
	}
	return nil
}
