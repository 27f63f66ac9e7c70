package opdef

import (
	"maps"

	"guild/runs/pyyaml"
)

// Types of flags.
const (
	TypeString       = "string"
	TypeInt          = "int"
	TypeFloat        = "float"
	TypeNumber       = "number" // int or float
	TypeBoolean      = "boolean"
	TypePath         = "path"          // made absolute
	TypeExistingPath = "existing-path" // made absolute, must exist
	TypeAuto         = "auto"          // the same as no type
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

	requiredSet, argSkipSet bool

	text  bool // the program gets what was typed, see decodeText
	early bool // the program reads it before it has all of its options, see python.Flag
}

// command says how the flag becomes an argument and a variable.
func (f *Flag) command() CommandFlag {
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
	return FormatValue(v)
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
		enc[FormatValue(c.Value)] = plainText(c.ArgValue)
	}
	return enc
}

// choice returns the choice with the given value or alias.
func (f *Flag) choice(v any) *Choice {
	for i := range f.Choices {
		if c := &f.Choices[i]; equal(c.Value, v) || c.Alias != nil && equal(c.Alias, v) {
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

// equal compares flag values; an int and a float of the same value are equal.
func equal(a, b any) bool {
	if x, ok := pyyaml.Number(a); ok {
		y, ok := pyyaml.Number(b)
		return ok && x == y
	}
	return FormatValue(a) == FormatValue(b)
}
