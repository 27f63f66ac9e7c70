package steps

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"guild/opdef/flagvalue"
	"guild/opdef/runoption"
	"guild/runs/console"
	"guild/runs/words"
)

// Step is one operation that an operation with steps runs. Its texts may refer to flags of the operation, as ${FLAG}; RunArgs replaces
// the references.
type Step struct {
	Name   string   // by default OpSpec
	OpSpec string   // operation to run
	Args   []string // options of guild run, such as -l and its value
	Flags  []string // NAME=VALUE
	Checks []Check

	AllRuns  bool     // runs of other operations than these steps can be required
	Warnings []string // options that are ignored
}

// Parse reads a step that is written as the arguments of guild run.
func Parse(line string) (Step, error) {
	words, err := words.Split(line)
	if err != nil {
		return Step{}, err
	}
	var s Step
	for i := 0; i < len(words); i++ {
		switch w := words[i]; {
		case strings.HasPrefix(w, "-") && len(w) > 1:
			o, whole, _ := runoption.Find(w)
			option := []string{w}
			if !whole && i+1 < len(words) {
				i++
				option = append(option, words[i])
			}
			switch {
			case o.Absent != "":
				return Step{}, fmt.Errorf("%s: %s", w, o.Absent)
			case o.NotInStep:
				name := strings.ReplaceAll(o.Name, "-", "_")
				s.Warnings = append(s.Warnings, fmt.Sprintf("run parameter %s used in '%s' ignored", name, line))
			default:
				s.Args = append(s.Args, option...)
			}
		case s.OpSpec == "" && !strings.HasPrefix(w, "@"):
			s.OpSpec = w
		case !s.Assign(w):
			return Step{}, fmt.Errorf("'%s' is neither an option nor an assignment NAME=VALUE", w)
		}
	}
	if s.OpSpec == "" {
		return Step{}, errors.New("it names no operation to run")
	}
	s.Name = s.OpSpec
	s.Args = SortOptions(s.Args)
	return s, nil
}

// Assign adds a word of the command line that gives values to flags, NAME=VALUE or @FILE, and reports whether it is one.
func (s *Step) Assign(word string) bool {
	switch {
	case strings.HasPrefix(word, "@"):
		s.Args = append(s.Args, word)
	case strings.Contains(word, "="):
		s.Flags = append(s.Flags, word)
	default:
		return false
	}
	return true
}

// SortOptions replaces options of guild run by their long names and sorts them, so that steps are equal however they are written.
func SortOptions(args []string) []string {
	var options [][]string
	var files []string
	for i := 0; i < len(args); i++ {
		if !strings.HasPrefix(args[i], "-") {
			files = append(files, args[i])
			continue
		}
		o, whole, known := runoption.Find(args[i])
		option := []string{args[i]}
		switch _, value, inline := strings.Cut(args[i], "="); {
		case !known:
		case !whole || !inline:
			option[0] = o.Long()
		case o.TakesValue && !strings.HasPrefix(value, "-"): // a value with a dash must stay in one word with its option
			option = []string{o.Long(), value}
		}
		if !whole && i+1 < len(args) {
			i++
			option = append(option, args[i])
		}
		options = append(options, option)
	}
	slices.SortStableFunc(options, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return append(slices.Concat(options...), files...)
}

// RunArgs returns the arguments of guild run for the step: its operation, options and flags. References to flags of the operation that
// has the step are replaced by their values. operation is the full name of that operation and vals are its values. A flag that is one
// reference keeps the type of the value. Flags in vals whose names begin with the name or the operation of the step and a colon
// override those of the step.
func (s *Step) RunArgs(operation string, vals map[string]any) ([]string, error) {
	resolve := func(text string) (string, error) {
		return flagvalue.ExpandRefs(text, func(ref string) (string, error) {
			v, ok := vals[ref]
			if !ok {
				return "", fmt.Errorf("step '%s' of operation '%s' refers to ${%s}, which is no flag of it%s", s.Name,
					operation, ref, console.DidYouMean(ref, slices.Sorted(maps.Keys(vals))))
			}
			if s, ok := v.(string); ok {
				return s, nil
			}
			return flagvalue.Flow(v), nil
		})
	}
	args := make([]string, 0, 1+len(s.Args)+len(s.Flags))
	for _, text := range append([]string{s.OpSpec}, s.Args...) {
		arg, err := resolve(text)
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
	}
	given := map[string]any{}
	for _, prefix := range []string{s.Name + ":", s.OpSpec + ":"} {
		for name, v := range vals {
			if name, ok := strings.CutPrefix(name, prefix); ok {
				given[name] = v
			}
		}
	}
	for _, assign := range s.Flags {
		name, text, _ := strings.Cut(assign, "=")
		if _, ok := given[name]; ok {
			continue
		}
		if ref, ok := flagvalue.SoleRef(text); ok {
			if v, ok := vals[ref]; ok {
				args = append(args, name+"="+flagvalue.Flow(v))
				continue
			}
		}
		text, err := resolve(text)
		if err != nil {
			return nil, err
		}
		args = append(args, name+"="+text)
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		args = append(args, name+"="+flagvalue.Flow(given[name]))
	}
	return args, nil
}

// Check is what a step expects of its run: that its output matches a pattern, or that files exist, and match a pattern or equal
// another file.
type Check struct {
	File      string // pattern of paths in the run directory; empty: check the output
	Contains  *regexp.Regexp
	Pattern   string // text of Contains; empty: no pattern
	CompareTo string // path relative to the run; may refer to variables of the environment
}
