package opdef

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"guild/runs/pyyaml"
	"guild/runs/words"
)

// check makes v a legal value of the flag, or says in a few words what is wrong: "must be a number". Relative paths are
// resolved from dir.
func (f *Flag) check(v any, dir string) (any, error) {
	if v == nil {
		return nil, nil
	}
	if f.ArgSplit != "" {
		return f.checkSplit(v, dir)
	}
	if c := f.choice(v); c != nil {
		v = c.Value
	} else if c := f.choice(plainText(v)); c != nil && f.text {
		v = c.Value // a text that looks like a number
	} else if n, ok := pyyaml.Number(v); ok && (n == 0 || n == 1) && f.choice(n == 1) != nil {
		v = n == 1
	} else if len(f.Choices) > 0 && !f.AllowOther {
		return nil, &choiceError{f}
	}
	v, err := coerce(v, f.Type, dir)
	if err != nil {
		return nil, err
	}
	if n, ok := pyyaml.Number(v); ok {
		if f.Min != nil && n < *f.Min {
			return nil, fmt.Errorf("must be at least %s", formatBound(*f.Min))
		}
		if f.Max != nil && n > *f.Max {
			return nil, fmt.Errorf("must be at most %s", formatBound(*f.Max))
		}
	}
	return v, nil
}

// choiceError tells that a value is none of the choices of a flag.
type choiceError struct{ flag *Flag }

func (e *choiceError) Error() string {
	return "must be one of " + strings.Join(e.flag.choiceNames(), ", ")
}

// Describe writes the choices on lines of their own.
func (e *choiceError) Describe(w io.Writer) {
	fmt.Fprintf(w, "Unsupported value for '%s' - supported values are:\n\n", e.flag.Name)
	for _, line := range e.flag.choiceLines() {
		fmt.Fprintf(w, "  %s\n", line)
	}
	fmt.Fprint(w, "\nRun the command again using one of these options.\n")
}

// choiceNames are the choices as people write them: by alias where there is one.
func (f *Flag) choiceNames() []string {
	names := make([]string, len(f.Choices))
	for i, c := range f.Choices {
		if c.Alias != nil {
			c.Value = c.Alias
		}
		names[i] = FormatValue(c.Value)
	}
	return names
}

// checkSplit checks each part of a text of several values. The value stays one text.
func (f *Flag) checkSplit(v any, dir string) (any, error) {
	parts, err := splitParts(plainText(v), f.ArgSplit)
	if err != nil {
		return nil, err
	}
	one := *f
	one.ArgSplit = ""
	for i, p := range parts {
		part, err := decodeTyped(p, f.Type)
		if err != nil {
			return nil, err
		}
		if part, err = one.check(part, dir); err != nil {
			return nil, err
		}
		if f.Type != "" && f.Type != TypeAuto || len(f.Choices) > 0 {
			parts[i] = plainText(part)
		}
	}
	if f.ArgSplit == splitShell {
		return words.Join(parts), nil
	}
	return strings.Join(parts, f.ArgSplit), nil
}

// joinParts makes a list the text of several values that it stands for.
func (f *Flag) joinParts(list []any, dest string) string {
	parts := make([]string, len(list))
	for i, e := range list {
		if takesWords(dest) {
			parts[i] = plainText(e)
		} else {
			parts[i] = flow(e, false)
		}
	}
	if f.ArgSplit == splitShell {
		return words.Join(parts)
	}
	return strings.Join(parts, f.ArgSplit)
}

const splitShell = "shlex"

func splitParts(s, sep string) ([]string, error) {
	if sep == splitShell {
		return words.Split(s)
	}
	if s == "" {
		return nil, nil
	}
	return strings.Split(s, sep), nil
}

func coerce(v any, typ, dir string) (any, error) {
	if b, ok := v.(bool); ok && (typ == TypeInt || typ == TypeFloat) { // as in Python, where truth values are numbers
		v = 0
		if b {
			v = 1
		}
	}
	if s, ok := v.(string); ok && (typ == TypeInt || typ == TypeFloat || typ == TypeNumber) { // a number that was quoted
		n := pyyaml.DecodeScalar(s)
		if _, ok := pyyaml.Number(n); ok {
			v = n
		}
	}
	switch typ {
	case TypeString:
		switch v := v.(type) {
		case string:
			return v, nil
		case float64:
			return pythonFloat(v), nil
		}
		return FormatValue(v), nil
	case TypeInt:
		if n, ok := v.(int); ok {
			return n, nil
		}
		return nil, errors.New("must be an integer")
	case TypeFloat:
		if n, ok := pyyaml.Number(v); ok {
			return n, nil
		}
		return nil, errors.New("must be a number")
	case TypeNumber:
		if _, ok := pyyaml.Number(v); ok {
			return v, nil
		}
		if _, ok := v.(bool); ok {
			return v, nil
		}
		return nil, errors.New("must be a number")
	case TypeBoolean:
		if b, ok := v.(bool); ok {
			return b, nil
		}
		if n, ok := pyyaml.Number(v); ok {
			return n != 0, nil
		}
		return nil, errors.New("must be yes or no")
	case TypePath, TypeExistingPath:
		return coercePath(v, typ == TypeExistingPath, dir)
	}
	return v, nil
}

func coercePath(v any, exists bool, dir string) (any, error) {
	path := plainText(v)
	if path == "" {
		return path, nil
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	if exists {
		if _, err := os.Stat(path); err != nil {
			return nil, errors.New("must be a path that exists")
		}
	}
	return path, nil
}

// formatBound writes a bound, which is an integer more often than not.
func formatBound(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return fmt.Sprintf("%d", int64(f))
	}
	return pythonFloat(f)
}
