package doctest

import (
	"strings"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

// optionKind says how a keyword becomes command line arguments.
type optionKind int

const (
	switchOption optionKind = iota // --name if true
	valueOption                    // --name VALUE
	listOption                     // --name VALUE for each
	flagsOption                    // --name FLAG=VALUE for each
)

// keywordOption is a keyword argument that is a command line option. Without a name of its own, the option has that of
// the keyword.
type keywordOption struct {
	keyword, option string
	kind            optionKind
}

// args returns the arguments for the value of the keyword.
func (o keywordOption) args(v starlark.Value) ([]string, error) {
	name := "--" + o.option
	if o.option == "" {
		name = "--" + strings.ReplaceAll(o.keyword, "_", "-")
	}
	var values []string
	var err error
	switch o.kind {
	case switchOption:
		if v.Truth() {
			return []string{name}, nil
		}
		return nil, nil
	case valueOption:
		if text, isText := v.(starlark.String); !isText || text != "" {
			values = []string{pystar.Str(v)}
		}
	case listOption:
		values, err = stringList(v)
	case flagsOption:
		values, err = flagAssigns(v)
	}
	var args []string
	for _, value := range values {
		args = append(args, name, value)
	}
	return args, err
}

// keywords collects keyword arguments by name, leaving out None.
func keywords(kwargs []starlark.Tuple) map[string]starlark.Value {
	out := map[string]starlark.Value{}
	for _, kv := range kwargs {
		if kv[1] != starlark.None {
			out[string(kv[0].(starlark.String))] = kv[1]
		}
	}
	return out
}

func unexpected(function, keyword string) error {
	return pystar.Errorf("TypeError", "%s() got an unexpected keyword argument '%s'", function, keyword)
}
