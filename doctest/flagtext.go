package doctest

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
	"guild/runs/pyyaml"
)

// flagAssigns writes flags as NAME=VALUE in Guild's notation, sorted by name.
func flagAssigns(v starlark.Value) ([]string, error) {
	d, ok := v.(*starlark.Dict)
	if !ok {
		return nil, pystar.Errorf("TypeError", "flags must be a dict, not %s", pystar.TypeName(v))
	}
	var out []string
	for _, kv := range d.Items() {
		text, err := flagText(kv[1])
		if err != nil {
			return nil, err
		}
		s, isText := kv[1].(starlark.String)
		if isText && isRange(string(s)) {
			text = string(s) // documents mean the range, and not the text that looks like one
		} else if isText && strings.Contains(text, " ") && !strings.HasPrefix(text, "'") && !strings.HasPrefix(text, `"`) {
			text = pystar.Repr(starlark.String(text))
		}
		out = append(out, pystar.Str(kv[0])+"="+text)
	}
	slices.SortFunc(out, func(a, b string) int {
		nameA, _, _ := strings.Cut(a, "=")
		nameB, _, _ := strings.Cut(b, "=")
		return strings.Compare(nameA, nameB)
	})
	return out, nil
}

// isRange tells values such as [1:10].
func isRange(s string) bool {
	return strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") && strings.Contains(s, ":") && !strings.ContainsAny(s, " ,'\"{}")
}

// flagText writes a flag value: YAML on one line, with yes and no for booleans.
func flagText(v starlark.Value) (string, error) {
	switch v := v.(type) {
	case starlark.Bool:
		if v {
			return "yes", nil
		}
		return "no", nil
	case starlark.NoneType:
		return "null", nil
	case starlark.String:
		data, err := pyyaml.Encode(string(v))
		return strings.TrimSpace(string(data)), err
	case starlark.Float:
		return pyyaml.FormatFloat(float64(v)), nil
	case *starlark.Dict:
		var parts []string
		for _, kv := range v.Items() {
			key, err := flagText(kv[0])
			if err != nil {
				return "", err
			}
			value, err := flagText(kv[1])
			if err != nil {
				return "", err
			}
			parts = append(parts, key+": "+value)
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ", ") + "}", nil
	case starlark.Int:
		return v.String(), nil
	case starlark.Iterable:
		return flagList(v)
	}
	return "", pystar.Errorf("TypeError", "a flag cannot be a %s", pystar.TypeName(v))
}

func flagList(v starlark.Iterable) (string, error) {
	var parts []string
	iter := v.Iterate()
	defer iter.Done()
	for x := starlark.Value(nil); iter.Next(&x); {
		text, err := flagText(x)
		if err != nil {
			return "", err
		}
		if _, isText := x.(starlark.String); isText && strings.Contains(text, ",") {
			text = pystar.Repr(starlark.String(text))
		}
		parts = append(parts, text)
	}
	return "[" + strings.Join(parts, ", ") + "]", nil
}
