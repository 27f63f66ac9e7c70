package opdef

import (
	"fmt"
	"io"
	"strings"

	"guild/opdef/flagvalue"
	"guild/opdef/program"
	"guild/runs/console"
	"guild/runs/pyyaml"
)

// check returns v as a legal value of the flag. The error says in a few words what v must be, such as "must be a number". dir is the
// directory of relative paths.
func (f *Flag) check(v any, dir string) (any, error) {
	if v == nil {
		return nil, nil
	}
	if f.ArgSplit != "" {
		return f.checkSplit(v, dir)
	}
	if c := f.choice(v); c != nil {
		v = c.Value
	} else if c := f.choice(flagvalue.PlainText(v)); c != nil && f.text {
		v = c.Value // a text that looks like a number
	} else if n, ok := pyyaml.Number(v); ok && (n == 0 || n == 1) && f.choice(n == 1) != nil {
		v = n == 1
	} else if len(f.Choices) > 0 && !f.AllowOther {
		return nil, &choiceError{f}
	}
	v, err := flagvalue.Coerce(v, f.Type, dir)
	if err != nil {
		return nil, err
	}
	if n, ok := pyyaml.Number(v); ok {
		if f.Min != nil && n < *f.Min {
			return nil, fmt.Errorf("must be at least %s", flagvalue.FormatBound(*f.Min))
		}
		if f.Max != nil && n > *f.Max {
			return nil, fmt.Errorf("must be at most %s", flagvalue.FormatBound(*f.Max))
		}
	}
	return v, nil
}

// choiceError is the error of a value that is not a choice of its flag.
type choiceError struct{ flag *Flag }

func (e *choiceError) Error() string {
	return "must be one of " + strings.Join(e.flag.ChoiceNames(), ", ")
}

// Describe writes the choices, one a line.
func (e *choiceError) Describe(w io.Writer) {
	fmt.Fprintf(w, "Unsupported value for '%s' - supported values are:\n\n", e.flag.Name)
	for _, line := range e.flag.ChoiceLines() {
		fmt.Fprintf(w, "  %s\n", line)
	}
	fmt.Fprint(w, "\nRun the command again using one of these options.\n")
}

// ChoiceNames returns the choices as users write them: the alias of a choice if it has one.
func (f *Flag) ChoiceNames() []string {
	names := make([]string, len(f.Choices))
	for i, c := range f.Choices {
		if c.Alias != nil {
			c.Value = c.Alias
		}
		names[i] = flagvalue.Format(c.Value)
	}
	return names
}

// checkSplit checks each part of a text of several values. The value stays one text.
func (f *Flag) checkSplit(v any, dir string) (any, error) {
	parts, err := flagvalue.Split(flagvalue.PlainText(v), f.ArgSplit)
	if err != nil {
		return nil, err
	}
	one := *f
	one.ArgSplit = ""
	for i, p := range parts {
		part, err := flagvalue.DecodeTyped(p, f.Type)
		if err != nil {
			return nil, err
		}
		if part, err = one.check(part, dir); err != nil {
			return nil, err
		}
		if f.Type != "" && f.Type != flagvalue.TypeAuto || len(f.Choices) > 0 {
			parts[i] = flagvalue.PlainText(part)
		}
	}
	return flagvalue.Join(parts, f.ArgSplit), nil
}

// joinParts joins a list to a text of several values.
func (f *Flag) joinParts(list []any, dest string) string {
	parts := make([]string, len(list))
	for i, e := range list {
		if program.TakesText(dest) {
			parts[i] = flagvalue.PlainText(e)
		} else {
			parts[i] = flagvalue.Flow(e)
		}
	}
	return flagvalue.Join(parts, f.ArgSplit)
}

// checkSpace checks the bounds of a search space as values of the flag.
func (f *Flag) checkSpace(s flagvalue.SearchSpace, dir string) (flagvalue.SearchSpace, error) {
	if _, err := s.Dim(f.Name); err != nil {
		return "", console.WithHint(err, "Search spaces are [LOW:HIGH], uniform[LOW:HIGH] and loguniform[LOW:HIGH]; quote a text that looks "+
			"like one, as in \"'a[1:2]'\".")
	}
	return s.Map(func(v any) (any, error) { return f.checkNamed(v, dir) })
}
