package program

import (
	"strings"

	"guild/opdef/python"
)

// Destinations of flags: how flags reach a program. DestArgs may be followed by a colon and the library that reads the options; the
// kinds in the second group are followed by a colon and a name.
const (
	DestArgs    = "args"    // options of the command
	DestGlobals = "globals" // global variables of the Python script
	DestNone    = "none"    // flags are only passed as environment variables

	destGlobal    = "global"    // a global dict or namespace of the script
	destDict      = "dict"      // the same
	destNamespace = "namespace" // the same
	DestConfig    = "config"    // a config file, relative to the project
)

// DestGlobal returns the global dict or namespace that flags go to, empty for other destinations.
func DestGlobal(dest string) string {
	switch kind, name, _ := strings.Cut(dest, ":"); kind {
	case destGlobal, destDict, destNamespace:
		return name
	}
	return ""
}

// DestFile returns the config file that flags go to, empty for other destinations.
func DestFile(dest string) string {
	if kind, path, _ := strings.Cut(dest, ":"); kind == DestConfig {
		return path
	}
	return ""
}

// TakesOptions reports whether flags become options of the command.
func TakesOptions(dest string) bool {
	return dest != DestNone && DestFile(dest) == ""
}

// TakesText reports whether the program gets flags as words of its command, not as typed values.
func TakesText(dest string) bool {
	kind, _, _ := strings.Cut(dest, ":")
	return kind == "" || kind == DestArgs || dest == DestParams
}

// ReaderDest returns the destination in the form of python.Script.
func ReaderDest(dest string) string {
	if name := DestGlobal(dest); name != "" {
		return python.GlobalPrefix + name
	}
	kind, _, _ := strings.Cut(dest, ":")
	return kind
}

// DestParams is the destination of the params of a Quarto document.
const DestParams = "params"
