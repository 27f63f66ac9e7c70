package flagvalue

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"guild/runs/pyyaml"
	"guild/runs/words"
)

// SplitShell is the separator that stands for splitting as a shell does.
const SplitShell = "shlex"

// Split splits a text of several values by a separator, or as a shell does. The error is an open quote.
func Split(s, sep string) ([]string, error) {
	if sep == SplitShell {
		return words.Split(s)
	}
	if s == "" {
		return nil, nil
	}
	return strings.Split(s, sep), nil
}

// Coerce returns v as a value of a type of flags. The error says in a few words what v must be, such as "must be a number". dir is the
// directory of relative paths.
func Coerce(v any, typ, dir string) (any, error) {
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
			return pyyaml.PythonFloat(v), nil
		}
		return Format(v), nil
	case TypeInt:
		if n, ok := v.(int); ok {
			return n, nil
		}
		if s, ok := v.(string); ok && isDigits(s) { // more than 64 bits, which Python's integers have
			return s, nil
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
	path := PlainText(v)
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

// FormatBound writes a bound, as an integer if it is one.
func FormatBound(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return fmt.Sprintf("%d", int64(f))
	}
	return pyyaml.PythonFloat(f)
}

// Join joins the parts of a text of several values, so that Split returns them.
func Join(parts []string, sep string) string {
	if sep == SplitShell {
		return words.Join(parts)
	}
	return strings.Join(parts, sep)
}
