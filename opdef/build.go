package opdef

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"guild/runs/words"
)

// Build returns the words and the variables of the process for the given values. vars are what references stand for besides
// flags: python_exe, guild_exe, guild_main, project_dir. The variables are those of the operation and FLAG_NAME for each
// flag; the rest of the environment is up to the caller.
func (c Command) Build(vals Values, vars map[string]string) (argv []string, env map[string]string, err error) {
	ref := func(name string) (string, error) {
		if v, ok := vars[name]; ok {
			return v, nil
		}
		if name == "flag_args" { // within a word, which may be a line for a shell
			return words.Join(c.flagArgs(vals)), nil
		}
		v, ok := vals[name]
		if !ok {
			return "", fmt.Errorf("the command refers to ${%s}, which is no flag%s", name,
				didYouMean(name, append(slices.Sorted(maps.Keys(vals)), slices.Sorted(maps.Keys(vars))...)))
		}
		return c.Flags[name].argText(v), nil
	}
	for _, a := range c.Args {
		if a == FlagArgs {
			argv = append(argv, c.flagArgs(vals)...)
			continue
		}
		word, err := expand(a, ref)
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
		if env[name], err = expand(plainText(v), ref); err != nil {
			return nil, nil, fmt.Errorf("variable %s: %w", name, err)
		}
	}
	for name, v := range vals {
		env[c.Flags[name].envName(name)] = c.Flags[name].envText(v)
	}
	return argv, env, nil
}

// CheckRefs is the error that the command refers to what is no flag.
func (op *Operation) CheckRefs(vals Values) error {
	if len(op.Steps) > 0 {
		return nil
	}
	vars := map[string]string{}
	for _, name := range []string{"python_exe", "guild_exe", "guild_main", "guild_notebook", "project_dir"} {
		vars[name] = name
	}
	if _, _, err := op.Command().Build(vals, vars); err != nil {
		return fmt.Errorf("operation '%s': %w", op.FullName(), err)
	}
	return nil
}

// flagArgs are the arguments that take the place of FlagArgs: options, or all values as one JSON object.
func (c Command) flagArgs(vals Values) []string {
	if slices.Contains(c.Args, "${guild_notebook}") {
		if c.FlagsDest == DestNone {
			vals = nil
		}
		return []string{c.globals(vals)}
	}
	if c.FlagsDest == DestGlobals || destParam(c.FlagsDest) != "" {
		if len(vals) == 0 && !slices.Contains(c.Args, "${guild_main}") {
			return nil // the script is run as it is
		}
		return []string{c.globals(vals)}
	}
	if !takesArgs(c.FlagsDest) {
		return nil
	}
	if c.FlagsDest == DestParams {
		return c.paramArgs(vals)
	}
	var args []string
	for _, name := range slices.Sorted(maps.Keys(vals)) {
		f, v := c.Flags[name], vals[name]
		option := f.option(name)
		if f.ArgSkip || v == nil || c.hasOption(option) {
			continue
		}
		switch {
		case f.ArgSwitch != nil:
			if equal(f.ArgSwitch, v) {
				args = append(args, option)
			} else if v == false && f.ArgOff != "" {
				args = append(args, f.ArgOff)
			}
		case f.ArgSplit != "":
			parts, err := splitParts(plainText(v), string(f.ArgSplit))
			if err != nil {
				parts = []string{plainText(v)}
			}
			args = append(append(args, option), parts...)
		default:
			args = append(args, optionValue(option, f.argText(v))...)
		}
	}
	return args
}

// optionValue passes a value that looks like an option in one word with its option, so that it is not taken for one.
func optionValue(option, value string) []string {
	if strings.HasPrefix(value, "-") && strings.HasPrefix(option, "--") && !isNegative(value) {
		return []string{option + "=" + value}
	}
	return []string{option, value}
}

// isNegative tells negative numbers as argparse knows them. -1e-05 is none to it, but an option.
func isNegative(s string) bool {
	whole, frac, _ := strings.Cut(s[1:], ".")
	return whole+frac != "" && strings.Trim(whole+frac, "0123456789") == ""
}

// hasOption tells whether the command itself has the option. It then decides, not the flag.
func (c Command) hasOption(option string) bool {
	return slices.ContainsFunc(c.Args, func(a string) bool { return a == option || strings.HasPrefix(a, option+"=") })
}

func (c Command) globals(vals Values) string {
	out := make(map[string]any, len(vals))
	for name, v := range vals {
		f := c.Flags[name]
		if f.ArgSkip || v == nil {
			continue
		}
		if f.ArgSwitch != nil {
			if !equal(f.ArgSwitch, v) {
				continue
			}
			v = true
		}
		if f.ArgSplit != "" {
			v = splitValues(plainText(v), string(f.ArgSplit))
		} else if text, ok := f.ArgEncoding[FormatValue(v)]; ok {
			if v = any(text); text != "" {
				v = decodePlain(text, text)
			}
		}
		if f.ArgName != "" {
			name = f.ArgName
		}
		out[name] = v
	}
	return encodeJSON(out)
}

// splitValues decodes each part of a text of several values.
func splitValues(s, sep string) []any {
	parts, err := splitParts(s, sep)
	if err != nil {
		parts = []string{s}
	}
	out := make([]any, len(parts))
	for i, p := range parts {
		v, err := DecodeValue(p)
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
	if s, ok := f.ArgEncoding[FormatValue(v)]; ok {
		return s
	}
	return plainText(v)
}

func (f CommandFlag) envText(v any) string {
	if s, ok := f.EnvEncoding[FormatValue(v)]; ok {
		return s
	}
	return f.argText(v)
}

// envName is the variable that holds the flag: FLAG_ and the name in capitals, with _ for all but letters and digits.
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
