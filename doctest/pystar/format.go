package pystar

import (
	"strings"

	"go.starlark.net/starlark"
)

// formatMethod implements x.format(...): Python's formatting when x is a string, else a call of its own method.
func formatMethod(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	text, ok := args[0].(starlark.String)
	if !ok {
		method, err := attr(args[0], "format")
		if err != nil {
			return nil, err
		}
		return starlark.Call(thread, method, args[1:], kwargs)
	}
	f := &formatter{args: args[1:], kwargs: map[string]starlark.Value{}}
	for _, kv := range kwargs {
		f.kwargs[string(kv[0].(starlark.String))] = kv[1]
	}
	s, err := f.format(string(text), 2)
	if err != nil {
		return nil, err
	}
	return starlark.String(s), nil
}

func attr(v starlark.Value, name string) (starlark.Value, error) {
	if x, ok := v.(starlark.HasAttrs); ok {
		if got, err := x.Attr(name); got != nil || err != nil {
			return got, err
		}
	}
	return nil, Errorf("AttributeError", "'%s' object has no attribute '%s'", TypeName(v), name)
}

// formatter fills in the fields of a format string.
type formatter struct {
	args   starlark.Tuple
	kwargs map[string]starlark.Value
	auto   int // the index that the next {} takes
}

// format fills in the fields of text. Fields may be nested in format specs, depth levels in all.
func (f *formatter) format(text string, depth int) (string, error) {
	if depth == 0 {
		return "", Errorf("ValueError", "Max string recursion exceeded")
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		c := text[i]
		if (c == '{' || c == '}') && i+1 < len(text) && text[i+1] == c {
			b.WriteByte(c)
			i += 2
			continue
		}
		switch c {
		case '}':
			return "", Errorf("ValueError", "Single '}' encountered in format string")
		case '{':
			end := specEnd(text, i+1)
			if end < 0 {
				return "", Errorf("ValueError", "expected '}' before end of string")
			}
			s, err := f.field(text[i+1:end], depth)
			if err != nil {
				return "", err
			}
			b.WriteString(s)
			i = end + 1
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String(), nil
}

// field formats NAME!CONVERSION:SPEC.
func (f *formatter) field(text string, depth int) (string, error) {
	name, specText, conversion := text, "", ""
	if i := strings.IndexAny(text, "!:"); i >= 0 {
		name = text[:i]
		rest := text[i:]
		if rest[0] == '!' {
			if len(rest) < 2 || len(rest) > 2 && rest[2] != ':' {
				return "", Errorf("ValueError", "expected ':' after conversion specifier")
			}
			conversion, rest = rest[1:2], rest[2:]
		}
		specText = strings.TrimPrefix(rest, ":")
	}
	v, err := f.value(name)
	if err != nil {
		return "", err
	}
	if specText != "" {
		if specText, err = f.format(specText, depth-1); err != nil {
			return "", err
		}
	}
	return convert(v, conversion, specText)
}

// value looks up a field name: an argument, then its attributes and items.
func (f *formatter) value(name string) (starlark.Value, error) {
	first := span(name, func(r rune) bool { return r != '.' && r != '[' })
	v, err := f.argument(name[:first])
	rest := name[first:]
	for err == nil && rest != "" {
		if rest[0] == '.' {
			end := 1 + span(rest[1:], func(r rune) bool { return r != '.' && r != '[' })
			v, err = attr(v, rest[1:end])
			rest = rest[end:]
			continue
		}
		end := strings.IndexByte(rest, ']')
		if end < 0 {
			return nil, Errorf("ValueError", "Missing ']' in format string")
		}
		v, err = item(v, rest[1:end])
		rest = rest[end+1:]
	}
	return v, err
}

func (f *formatter) argument(name string) (starlark.Value, error) {
	n, rest, _ := digits(name, f.auto)
	switch {
	case rest != "":
		v, ok := f.kwargs[name]
		if !ok {
			return nil, Errorf("KeyError", "%s", Repr(starlark.String(name)))
		}
		return v, nil
	case name == "":
		f.auto++
	}
	if n >= len(f.args) {
		return nil, Errorf("IndexError", "Replacement index %d out of range for positional args tuple", n)
	}
	return f.args[n], nil
}

// item returns v[key]; a key of digits is an index.
func item(v starlark.Value, key string) (starlark.Value, error) {
	n, rest, ok := digits(key, -1)
	isIndex := rest == "" && ok && n >= 0
	switch x := v.(type) {
	case starlark.Mapping:
		k := starlark.Value(starlark.String(key))
		if isIndex {
			k = starlark.MakeInt(n)
		}
		got, found, err := x.Get(k)
		if err == nil && !found {
			err = Errorf("KeyError", "%s", Repr(k))
		}
		return got, err
	case starlark.Indexable:
		if !isIndex {
			return nil, Errorf("TypeError", "%s indices must be integers or slices, not str", TypeName(v))
		}
		if n >= x.Len() {
			return nil, Errorf("IndexError", "%s index out of range", TypeName(v))
		}
		return x.Index(n), nil
	}
	return nil, Errorf("TypeError", "'%s' object is not subscriptable", TypeName(v))
}

// convert applies a conversion (r, s, a or none), then a format spec.
func convert(v starlark.Value, conversion, specText string) (string, error) {
	switch conversion {
	case "":
		return formatValue(v, specText)
	case "r":
		return formatValue(starlark.String(Repr(v)), specText)
	case "s":
		return formatValue(starlark.String(Str(v)), specText)
	case "a":
		return formatValue(starlark.String(ascii(v)), specText)
	}
	return "", Errorf("ValueError", "Unknown conversion specifier '%s'", conversion)
}

// formatFields implements f-strings: a string argument is literal text, a tuple is a field.
func formatFields(args starlark.Tuple) (starlark.Value, error) {
	var b strings.Builder
	for _, arg := range args {
		f, ok := arg.(starlark.Tuple)
		if !ok {
			b.WriteString(string(arg.(starlark.String)))
			continue
		}
		s, err := convert(f[0], string(f[1].(starlark.String)), string(f[2].(starlark.String)))
		if err != nil {
			return nil, err
		}
		b.WriteString(s)
	}
	return starlark.String(b.String()), nil
}
