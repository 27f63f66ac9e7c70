package program

import (
	"strings"

	"guild/opdef/python"
)

// Destinations of flags. Besides these there are DestArgs:LIBRARY, options that are read with a certain library, and the kinds
// that are followed by a colon and a name.
const (
	DestArgs    = "args"    // options of the command
	DestGlobals = "globals" // globals of the Python script
	DestNone    = "none"    // not passed on but as variables

	destGlobal    = "global"    // a global dict or namespace of the script
	destDict      = "dict"      // the same
	destNamespace = "namespace" // the same
	DestConfig    = "config"    // a config file, relative to the project
)

// DestGlobal is the global dict or namespace that is the destination, empty if it is another one.
func DestGlobal(dest string) string {
	switch kind, name, _ := strings.Cut(dest, ":"); kind {
	case destGlobal, destDict, destNamespace:
		return name
	}
	return ""
}

// DestFile is the config file that is the destination, empty if it is another one.
func DestFile(dest string) string {
	if kind, path, _ := strings.Cut(dest, ":"); kind == DestConfig {
		return path
	}
	return ""
}

// TakesOptions tells whether flags become options of the command.
func TakesOptions(dest string) bool {
	return dest != DestNone && DestFile(dest) == ""
}

// TakesText tells whether the program gets flags as words of its command, and not as values.
func TakesText(dest string) bool {
	kind, _, _ := strings.Cut(dest, ":")
	return kind == "" || kind == DestArgs || dest == DestParams
}

// ReaderDest is the destination as the reader of scripts names it.
func ReaderDest(dest string) string {
	if name := DestGlobal(dest); name != "" {
		return python.GlobalPrefix + name
	}
	kind, _, _ := strings.Cut(dest, ":")
	return kind
}

// DestParams is the destination of flags that a Quarto document has as params.
const DestParams = "params"
