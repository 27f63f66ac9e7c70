package opdef

import (
	"maps"
	"strings"

	"guild/opdef/flagvalue"
	"guild/runs/console"
)

// Flag is a named input of an operation.
type Flag struct {
	Name        string
	Alias       string // other name on the command line
	Description string
	Type        string // see flagvalue.TypeString; empty: the text determines the type
	Default     any    // nil if there is none
	Required    bool
	Choices     []Choice // empty: any value is legal
	AllowOther  bool     // other values than Choices are legal
	Min, Max    *float64
	NullLabel   string // shown in place of nil

	ArgName   string // option or global variable that takes the value, by default Name. With a leading dash it is the whole option
	ArgSkip   bool   // not passed as an argument
	ArgSwitch any    // not nil: the option is passed without a value, if the value of the flag is this one
	ArgOff    string // with ArgSwitch: option that is passed if the value is false
	ArgOmit   any    // not nil: the option is left out if the flag has this value and the user did not set it
	ArgSplit  string // "shlex" or a separator: the value is a text of several values

	ArgEncoding map[string]string // formatted value to argument
	EnvName     string            // variable in place of FLAG_NAME
	EnvEncoding map[string]string // formatted value to variable

	Extra map[string]any // attributes for other programs, such as the distribution of a search space

	RequiredSet, ArgSkipSet bool // the guild.yml sets Required, and ArgSkip

	text  bool // the program gets the text that was typed, see flagvalue.DecodeText
	early bool // the program reads it before its other options are defined, see python.Flag
}

// Command says how the flag becomes an argument and an environment variable.
func (f *Flag) Command() CommandFlag {
	return CommandFlag{ArgName: f.ArgName, ArgSkip: f.ArgSkip, ArgSwitch: f.ArgSwitch, ArgOff: f.ArgOff, ArgOmit: f.ArgOmit, ArgSplit: Separator(f.ArgSplit),
		ArgEncoding: f.argEncoding(), EnvName: f.EnvName, EnvEncoding: f.EnvEncoding, Type: f.Type, Text: f.text}
}

// Choice is a legal value of a flag.
type Choice struct {
	Value       any
	Alias       any // nil if there is none
	Description string
	Flags       Values // values that this choice gives to other flags
	ArgValue    any    // passed in place of the value; nil: the value is passed
}

// FormatValue returns a value in the form of previews and help, with NullLabel in place of nil.
func (f *Flag) FormatValue(v any) string {
	if v == nil {
		return f.NullLabel
	}
	return flagvalue.Format(v)
}

// argName returns the name of the option, without dashes, or of the global variable that takes the value.
func (f *Flag) argName() string {
	if f.ArgName != "" {
		return f.ArgName
	}
	return f.Name
}

// argEncoding is ArgEncoding with the argument values of the choices.
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

// choice returns the choice with the given value or alias, or nil.
func (f *Flag) choice(v any) *Choice {
	for i := range f.Choices {
		if c := &f.Choices[i]; flagvalue.Equal(c.Value, v) || c.Alias != nil && flagvalue.Equal(c.Alias, v) {
			return c
		}
	}
	return nil
}

// hasProfile reports whether any of the values is a choice that sets other flags.
func (f *Flag) hasProfile(values []any) bool {
	for _, v := range values {
		if c := f.choice(v); c != nil && len(c.Flags) > 0 {
			return true
		}
	}
	return false
}

// ForStep returns a flag with the given name for an operation that has the flag's operation as a step. Its value is for the step and
// is not passed to a command.
func (f *Flag) ForStep(name string) *Flag {
	return &Flag{Name: name, Type: f.Type, Choices: f.Choices, AllowOther: f.AllowOther, Min: f.Min, Max: f.Max,
		ArgSplit: f.ArgSplit, ArgSkip: true, Description: f.Description, text: f.text}
}

// ChoiceLines returns the choices with their descriptions, one a line.
func (f *Flag) ChoiceLines() []string {
	names := f.ChoiceNames()
	width := 0
	for _, name := range names {
		width = max(width, console.Columns(name))
	}
	lines := make([]string, len(names))
	for i, c := range f.Choices {
		first, _, _ := strings.Cut(c.Description, "\n")
		lines[i] = strings.TrimRight(names[i]+console.Pad(names[i], width)+"  "+first, " ")
	}
	return lines
}
