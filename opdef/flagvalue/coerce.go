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

const SplitShell = "shlex"

func Split(s, sep string) ([]string, error) {
	if sep == SplitShell {
		return words.Split(s)
	}
	if s == "" {
		return nil, nil
	}
	return strings.Split(s, sep), nil
}

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
			return pythonFloat(v), nil
		}
		return Format(v), nil
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

// formatBound writes a bound, which is an integer more often than not.
func FormatBound(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return fmt.Sprintf("%d", int64(f))
	}
	return pythonFloat(f)
}

// joinParts is the text of several values that splitParts takes apart again.
func Join(parts []string, sep string) string {
	if sep == SplitShell {
		return words.Join(parts)
	}
	return strings.Join(parts, sep)
}
