package opdef

import (
	"fmt"
	"io"
	"maps"
	"os"
	"strings"

	"guild/opdef/flagvalue"
	"guild/runs/console"
)

// Values are values of flags by name. A nil value means that the flag has no value.
type Values map[string]any

// Input is where the values of the flags of a run come from.
type Input struct {
	Assign  []string // NAME=VALUE
	Row     Values   // row of a batch file; Assign overrides it
	Force   bool     // accept unknown flags, illegal values and missing values
	Partial bool     // accept missing values, which rows of a batch file may have
}

// Values is ReadInput for assignments alone.
func (op *Operation) Values(assign []string, force bool) (Values, error) {
	vals, _, err := op.ReadInput(Input{Assign: assign, Force: force})
	return vals, err
}

// ReadInput returns the values of all flags, and separately those that the user set. It fills in defaults, applies choices and checks
// types. A value may be a list or a SearchSpace for a batch; then it checks each element, or the bounds. Flags must have been imported, see
// ImportFlags.
func (op *Operation) ReadInput(in Input) (vals, user Values, err error) {
	user, err = op.parseAssignments(in.Assign, in.Force)
	if err != nil {
		return nil, nil, err
	}
	for name, v := range in.Row {
		if _, ok := user[name]; !ok {
			user[name] = v
		}
	}
	vals = make(Values, len(op.Flags)+len(user))
	for _, f := range op.Flags {
		vals[f.Name] = f.Default
	}
	for _, f := range op.Flags {
		v, ok := user[f.Name]
		if !ok {
			v = f.Default
		}
		if list, ok := v.([]any); ok && f.hasProfile(list) && !in.Force {
			return nil, nil, fmt.Errorf("flag '%s' sets other flags for some of its choices, so it cannot be a list; run once for each choice", f.Name)
		}
		if c := f.choice(v); c != nil && v != nil {
			maps.Copy(vals, c.Flags)
		}
	}
	maps.Copy(vals, user)
	if in.Force {
		op.checkForced(vals)
	} else if err := op.check(vals, user, in.Partial); err != nil {
		return nil, nil, err
	}
	for name := range user {
		user[name] = vals[name]
	}
	return vals, user, nil
}

func (op *Operation) parseAssignments(assign []string, force bool) (Values, error) {
	user, aliased := make(Values, len(assign)), map[string]bool{}
	for _, a := range assign {
		name, text, ok := strings.Cut(a, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("'%s' is not a flag assignment; write NAME=VALUE", a)
		}
		f := op.Flag(name)
		if f == nil {
			if aliased := op.FlagByAlias(name); aliased != nil && !force {
				f = aliased
			}
		}
		if f == nil {
			if !force {
				return nil, op.unknownFlag(name)
			}
			f = &Flag{Name: name}
		}
		if _, twice := user[f.Name]; twice {
			if name == f.Alias || aliased[f.Name] {
				// The documents of Guild AI show the alias and the name in this order.
				return nil, console.WithHint(fmt.Errorf("cannot specify both alias '%s' and name for flag '%s'", f.Name, f.Alias),
					"Use --force-flags to skip this check.")
			}
			return nil, fmt.Errorf("flag '%s' is set twice", f.Name)
		}
		aliased[f.Name] = name == f.Alias
		command := f.Command()
		if f.Type != flagvalue.TypeString && !command.Text && !force {
			if err := flagvalue.CheckClosed(f.Name, text); err != nil {
				return nil, err
			}
		}
		v, err := command.Decode(text, op.FlagsDest)
		if err != nil {
			return nil, fmt.Errorf("flag '%s': %w", f.Name, err)
		}
		if s, ok := f.quotedRange(text); ok {
			v = s
		}
		user[f.Name] = v
	}
	return user, nil
}

// quotedRange parses a quoted '[LOW:HIGH]', the form in which the Python API of Guild AI passes a range. For flags that hold text, it is
// text.
func (f *Flag) quotedRange(text string) (flagvalue.SearchSpace, bool) {
	n := len(text)
	if n < 4 || text[0] != '\'' && text[0] != '"' || text[n-1] != text[0] || text[1] != '[' {
		return "", false
	}
	switch f.Type {
	case flagvalue.TypeString, flagvalue.TypePath, flagvalue.TypeExistingPath:
		return "", false
	}
	if _, isText := f.Default.(string); isText {
		return "", false
	}
	s, ok := flagvalue.ParseSearchSpace(text[1 : n-1])
	if ok {
		_, err := s.Dim("")
		ok = err == nil
	}
	return s, ok
}

// FlagByAlias returns the flag with that alias, or nil.
func (op *Operation) FlagByAlias(alias string) *Flag {
	for _, f := range op.Flags {
		if f.Alias == alias {
			return f
		}
	}
	return nil
}

func (op *Operation) unknownFlag(name string) error {
	names := make([]string, len(op.Flags))
	for i, f := range op.Flags {
		names[i] = f.Name
	}
	tried := ""
	if op.tried != "" {
		tried = "No flags were found: " + op.tried + "\n"
	}
	return console.WithHint(fmt.Errorf("unsupported flag '%s'%s", name, console.DidYouMean(name, names)),
		tried+fmt.Sprintf("Try 'guild run %s --help-op' for a list of flags or use --force-flags to skip this check.", op.FullName()))
}

// check replaces each value by the valid value that it stands for. With partial, required flags may be missing.
func (op *Operation) check(vals, user Values, partial bool) error {
	cwd, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("find the current directory: %w", err)
	}
	var missing []*Flag
	for _, f := range op.Flags {
		dir := op.Dir
		if _, ok := user[f.Name]; ok {
			dir = cwd
		}
		v, err := op.checkAll(f, vals[f.Name], dir)
		if err != nil {
			return err
		}
		if v == nil && f.Required && !partial {
			missing = append(missing, f)
		}
		vals[f.Name] = v
	}
	if len(missing) > 0 {
		return &MissingFlagsError{op, missing}
	}
	return nil
}

// MissingFlagsError is the error of required flags without a value.
type MissingFlagsError struct {
	op    *Operation
	flags []*Flag
}

func (e *MissingFlagsError) Error() string {
	names := make([]string, len(e.flags))
	for i, f := range e.flags {
		names[i] = f.Name
	}
	return fmt.Sprintf("operation '%s' needs a value of %s", e.op.FullName(), console.Quoted(names, " and "))
}

// Describe writes the missing flags with their descriptions.
func (e *MissingFlagsError) Describe(w io.Writer) {
	fmt.Fprint(w, "Operation requires the following missing flags:\n\n")
	width := 0
	for _, f := range e.flags {
		width = max(width, console.Columns(f.Name))
	}
	for _, f := range e.flags {
		first, _, _ := strings.Cut(f.Description, "\n")
		fmt.Fprintln(w, strings.TrimRight("  "+f.Name+console.Pad(f.Name, width)+"  "+first, " "))
	}
	fmt.Fprintf(w, "\nRun the command again with these flags or try 'guild run %s --help-op' for help.\n", e.op.FullName())
}

// checkForced is check without errors: illegal values stay as they are.
func (op *Operation) checkForced(vals Values) {
	for _, f := range op.Flags {
		if v, err := op.checkAll(f, vals[f.Name], op.Dir); err == nil {
			vals[f.Name] = v
		}
	}
}

// checkAll checks a value, each element of a list, or the bounds of a search space.
func (op *Operation) checkAll(f *Flag, v any, dir string) (any, error) {
	if s, ok := v.(flagvalue.SearchSpace); ok {
		return f.checkSpace(s, dir)
	}
	list, ok := v.([]any)
	if !ok {
		return f.checkNamed(v, dir)
	}
	out := make([]any, len(list))
	for i, e := range list {
		if parts, ok := e.([]any); ok && f.ArgSplit != "" {
			e = f.joinParts(parts, op.FlagsDest)
		}
		c, err := f.checkNamed(e, dir)
		if err != nil {
			return nil, err
		}
		out[i] = c
	}
	return out, nil
}

func (f *Flag) checkNamed(v any, dir string) (any, error) {
	out, err := f.check(v, dir)
	if err != nil {
		return nil, fmt.Errorf("flag '%s' %w, not %s", f.Name, err, flagvalue.Format(v))
	}
	return out, nil
}
