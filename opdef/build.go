package opdef

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"guild/opdef/flagvalue"
	"guild/opdef/program"
	"guild/runs/console"
	"guild/runs/words"
)

// Build returns the arguments and the environment variables of a process for the given values of flags. vars are the variables that
// arguments may refer to besides flags: python_exe, guild_exe, guild_main, guild_op_main, guild_notebook, project_dir. env has the
// variables of the operation and FLAG_NAME for each flag; the caller adds the rest of the environment.
func (c Command) Build(vals Values, vars map[string]string) (argv []string, env map[string]string, err error) {
	ref := func(name string) (string, error) {
		if v, ok := vars[name]; ok {
			return v, nil
		}
		if name == "flag_args" { // part of a word, which may be a shell command
			return words.Join(c.flagArgs(vals)), nil
		}
		v, ok := vals[name]
		if !ok {
			return "", fmt.Errorf("the command refers to ${%s}, which is no flag%s", name,
				console.DidYouMean(name, append(slices.Sorted(maps.Keys(vals)), slices.Sorted(maps.Keys(vars))...)))
		}
		return c.Flags[name].argText(v), nil
	}
	args := c.Args
	if words := c.builtin(); words != nil {
		args = append([]string{guildExe}, words...)
	}
	for _, a := range args {
		if a == FlagArgs {
			argv = append(argv, c.flagArgs(vals)...)
			continue
		}
		word, err := flagvalue.ExpandRefs(a, ref)
		if err != nil {
			return nil, nil, err
		}
		argv = append(argv, word)
	}
	if len(argv) == 0 {
		return nil, nil, ErrNoCommand
	}
	env = make(map[string]string, len(c.Env)+len(vals))
	for name, v := range c.Env {
		if env[name], err = flagvalue.ExpandRefs(flagvalue.PlainText(v), ref); err != nil {
			return nil, nil, fmt.Errorf("variable %s: %w", name, err)
		}
	}
	for name, v := range vals {
		env[c.Flags[name].envName(name)] = c.Flags[name].envText(v)
	}
	return argv, env, nil
}

// CheckRefs returns an error if the command or a variable refers to something that is not a flag.
func (op *Operation) CheckRefs(vals Values) error {
	if len(op.Steps) > 0 {
		return nil
	}
	vars := map[string]string{}
	for _, name := range []string{"python_exe", "guild_exe", "guild_main", "guild_op_main", "guild_notebook", "project_dir"} {
		vars[name] = name
	}
	if _, _, err := op.Command().Build(vals, vars); err != nil {
		return fmt.Errorf("operation '%s': %w", op.FullName(), err)
	}
	return nil
}

// flagArgs returns the arguments that replace FlagArgs: options, or values for one of the programs that set globals.
func (c Command) flagArgs(vals Values) []string {
	if slices.Contains(c.Args, "${guild_notebook}") {
		if c.FlagsDest == program.DestNone {
			vals = nil
		}
		return []string{flagvalue.EncodeJSON(c.globals(vals))}
	}
	if c.FlagsDest == program.DestGlobals || program.DestGlobal(c.FlagsDest) != "" {
		if c.UsesOpMain() {
			return opMainValues(c.globals(vals))
		}
		if len(vals) == 0 && !slices.Contains(c.Args, "${guild_main}") {
			return nil // the script is run as it is
		}
		return []string{flagvalue.EncodeJSON(c.globals(vals))}
	}
	if !program.TakesOptions(c.FlagsDest) {
		return nil
	}
	if c.FlagsDest == program.DestParams {
		return c.paramArgs(vals)
	}
	var args []string
	for _, name := range slices.Sorted(maps.Keys(vals)) {
		f, v := c.Flags[name], vals[name]
		option := f.option(name)
		if f.ArgSkip || v == nil || f.ArgOmit != nil && flagvalue.Equal(f.ArgOmit, v) || c.hasOption(option) {
			continue
		}
		switch {
		case f.ArgSwitch != nil:
			if flagvalue.Equal(f.ArgSwitch, v) {
				args = append(args, option)
			} else if v == false && f.ArgOff != "" {
				args = append(args, f.ArgOff)
			}
		case f.ArgSplit != "":
			parts, err := flagvalue.Split(flagvalue.PlainText(v), string(f.ArgSplit))
			if err != nil {
				parts = []string{flagvalue.PlainText(v)}
			}
			args = append(append(args, option), parts...)
		default:
			args = append(args, c.optionValue(option, f.argText(v))...)
		}
	}
	return args
}

// optionValue returns the words of an option with its value. A value that looks like an option is joined to the option: --opt=-x. So it
// is for short options in Python, -o-x, where argparse accepts no other form; any other program may know only two words.
func (c Command) optionValue(option, value string) []string {
	python := len(c.Args) > 0 && c.Args[0] == "${python_exe}"
	switch {
	case !strings.HasPrefix(value, "-") || isNegative(value):
	case python && len(option) == 2:
		return []string{option + value}
	case python || strings.HasPrefix(option, "--"):
		return []string{option + "=" + value}
	}
	return []string{option, value}
}

// isNegative reports whether argparse takes a word that starts with a dash for a negative number. It takes -1e-05 and -1. for options.
func isNegative(s string) bool {
	whole, frac, hasDot := strings.Cut(s[1:], ".")
	last := whole
	if hasDot {
		last = frac
	}
	return last != "" && strings.Trim(whole+frac, "0123456789") == ""
}

// hasOption reports whether the command has the option itself. Then the flag is not passed.
func (c Command) hasOption(option string) bool {
	return slices.ContainsFunc(c.Args, func(a string) bool { return a == option || strings.HasPrefix(a, option+"=") })
}

// globals returns the values that globals of a script get, by their names there.
func (c Command) globals(vals Values) map[string]any {
	out := make(map[string]any, len(vals))
	for name, v := range vals {
		f := c.Flags[name]
		if f.ArgSkip || v == nil {
			continue
		}
		if f.ArgSwitch != nil {
			if !flagvalue.Equal(f.ArgSwitch, v) {
				continue
			}
			v = true
		}
		if f.ArgSplit != "" {
			v = splitValues(flagvalue.PlainText(v), string(f.ArgSplit))
		} else if text, ok := f.ArgEncoding[flagvalue.Format(v)]; ok {
			if v = any(text); text != "" {
				v = flagvalue.DecodeScalar(text, text)
			}
		}
		if f.ArgName != "" {
			name = f.ArgName
		}
		out[name] = v
	}
	return out
}

// splitValues decodes each part of a text of several values.
func splitValues(s, sep string) []any {
	parts, err := flagvalue.Split(s, sep)
	if err != nil {
		parts = []string{s}
	}
	out := make([]any, len(parts))
	for i, p := range parts {
		v, err := flagvalue.Decode(p)
		if err != nil {
			v = p
		}
		out[i] = v
	}
	return out
}

func (f CommandFlag) option(name string) string {
	if f.ArgName != "" {
		name = f.ArgName
	}
	if strings.HasPrefix(name, "-") {
		return name
	}
	return "--" + name
}

func (f CommandFlag) argText(v any) string {
	if s, ok := f.ArgEncoding[flagvalue.Format(v)]; ok {
		return s
	}
	return flagvalue.PlainText(v)
}

func (f CommandFlag) envText(v any) string {
	if s, ok := f.EnvEncoding[flagvalue.Format(v)]; ok {
		return s
	}
	return f.argText(v)
}

// envName returns the name of the environment variable of the flag: FLAG_ and the name in capitals, with _ for other characters than
// letters and digits.
func (f CommandFlag) envName(name string) string {
	if f.EnvName != "" {
		return f.EnvName
	}
	return "FLAG_" + strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, name)
}

// paramArgs returns the parameters of a Quarto document as options of quarto. Values are JSON, so that YAML reads their type.
func (c Command) paramArgs(vals Values) []string {
	var args []string
	for _, name := range slices.Sorted(maps.Keys(vals)) {
		f, v := c.Flags[name], vals[name]
		if f.ArgSkip || v == nil {
			continue
		}
		text := flagvalue.EncodeJSON(v)
		if enc, ok := f.ArgEncoding[flagvalue.Format(v)]; ok {
			text = enc
		}
		if f.ArgName != "" {
			name = f.ArgName
		}
		args = append(args, "-P", name+":"+text)
	}
	return args
}
