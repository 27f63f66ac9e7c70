// Package flagvalue turns texts into values of flags and back. A text is what people type on a command line; a value is nil, bool,
// int, float64, string, []any, map[string]any or a [SearchSpace], as package pyyaml decodes them.
//
// [Decode] reads a text of no known type and [Format] writes a value so that Decode reads it back. [PlainText] writes a value as
// programs take it from their arguments. [Coerce] gives a value the type of its flag.
package flagvalue
