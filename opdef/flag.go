package opdef

import (
	"fmt"
	"maps"
	"strings"

	"guild/opdef/flagvalue"
)

// Flag is a named input of an operation.
type Flag struct {
	Name        string
	Alias       string // other name on the command line
	Description string
	Type        string // one of the types above, or empty: the value is what DecodeValue makes of it
	Default     any    // nil: none
	Required    bool
	Choices     []Choice // empty: any value
	AllowOther  bool     // a value that is no choice is fine
	Min, Max    *float64
	NullLabel   string // shown where the value is nil

	ArgName   string // option or global that takes the value; Name if empty. With a leading dash it is the whole option
	ArgSkip   bool   // not passed on
	ArgSwitch any    // not nil: the option is passed alone, when the value equals this
	ArgOff    string // with ArgSwitch: option that is passed alone when the value is false
	ArgSplit  string // "shlex" or a separator: the value is a text of several values

	ArgEncoding map[string]string // formatted value to argument
	EnvName     string            // variable in place of FLAG_NAME
	EnvEncoding map[string]string // formatted value to variable

	Extra map[string]any // attributes without a meaning here, such as those of search spaces

	RequiredSet, ArgSkipSet bool // the guild.yml says whether it is Required, and whether it has ArgSkip

	text  bool // the program gets what was typed, see decodeText
	early bool // the program reads it before it has all of its options, see python.Flag
}

// Command says how the flag becomes an argument and a variable.
func (f *Flag) Command() CommandFlag {
	return CommandFlag{ArgName: f.ArgName, ArgSkip: f.ArgSkip, ArgSwitch: f.ArgSwitch, ArgOff: f.ArgOff, ArgSplit: Separator(f.ArgSplit),
		ArgEncoding: f.argEncoding(), EnvName: f.EnvName, EnvEncoding: f.EnvEncoding, Type: f.Type, Text: f.text}
}

// Choice is one legal value of a flag.
type Choice struct {
	Value       any
	Alias       any // nil: none
	Description string
	Flags       Values // values that other flags take with this choice
	ArgValue    any    // what is passed on in place of the value; nil: the value
}

// FormatValue is the value as people read it in previews and help: the label of null in place of nil.
func (f *Flag) FormatValue(v any) string {
	if v == nil {
		return f.NullLabel
	}
	return flagvalue.Format(v)
}

// argName is the option, without dashes, or the global that takes the value.
func (f *Flag) argName() string {
	if f.ArgName != "" {
		return f.ArgName
	}
	return f.Name
}

// argEncoding is ArgEncoding with what choices say.
func (f *Flag) argEncoding() map[string]string {
	enc := f.ArgEncoding
	for _, c := range f.Choices {
		if c.ArgValue == nil {
			continue
		}
		if enc = maps.Clone(enc); enc == nil {
			enc = map[string]string{}
		}
		enc[flagvalue.Format(c.Value)] = flagvalue.PlainText(c.ArgValue)
	}
	return enc
}

// choice returns the choice with the given value or alias.
func (f *Flag) choice(v any) *Choice {
	for i := range f.Choices {
		if c := &f.Choices[i]; flagvalue.Equal(c.Value, v) || c.Alias != nil && flagvalue.Equal(c.Alias, v) {
			return c
		}
	}
	return nil
}

// hasProfile tells whether any of the values is a choice that sets other flags.
func (f *Flag) hasProfile(values []any) bool {
	for _, v := range values {
		if c := f.choice(v); c != nil && len(c.Flags) > 0 {
			return true
		}
	}
	return false
}

// ForStep is a flag of that name by which an operation takes the value for the flag of one of its steps. It is not passed on.
func (f *Flag) ForStep(name string) *Flag {
	return &Flag{Name: name, Type: f.Type, Choices: f.Choices, AllowOther: f.AllowOther, Min: f.Min, Max: f.Max,
		ArgSplit: f.ArgSplit, ArgSkip: true, Description: f.Description, text: f.text}
}

// ChoiceLines are the choices with what they are, one a line.
func (f *Flag) ChoiceLines() []string {
	names := f.ChoiceNames()
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
