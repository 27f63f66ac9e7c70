package opdef

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"guild/opdef/attribute"
	"guild/opdef/runoption"
	"guild/runs/words"
)

// Step is one operation of an operation that has steps. References such as ${FLAG} to the flags of the parent stay in all
// of its texts until StepArgs.
type Step struct {
	Name   string   // of the step, by default OpSpec
	OpSpec string   // what to run
	Args   []string // options of guild run, such as -l and its value
	Flags  []string // NAME=VALUE
	Checks []StepCheck

	AllRuns  bool     // it may require runs that are none of these steps
	Warnings []string // of options that are ignored
}

// parseStep reads a step that is one line of arguments of guild run.
func parseStep(line string) (Step, error) {
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
			if o.NotInStep {
				name := strings.ReplaceAll(o.Name, "-", "_")
				s.Warnings = append(s.Warnings, fmt.Sprintf("run parameter %s used in '%s' ignored", name, line))
			} else {
				s.Args = append(s.Args, option...)
			}
		case strings.HasPrefix(w, "@"):
			s.Args = append(s.Args, w)
		case s.OpSpec == "":
			s.OpSpec = w
		case strings.Contains(w, "="):
			s.Flags = append(s.Flags, w)
		default:
			return Step{}, fmt.Errorf("'%s' is neither an option nor an assignment NAME=VALUE", w)
		}
	}
	if s.OpSpec == "" {
		return Step{}, errors.New("it names no operation to run")
	}
	s.Name = s.OpSpec
	s.Args = sortOptions(s.Args)
	return s, nil
}

// sortOptions gives options of guild run their long names and orders them, so that steps are alike however they are written.
func sortOptions(args []string) []string {
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
		case o.TakesValue && !strings.HasPrefix(value, "-"): // one with a dash must stay in the word of its option
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

// StepArgs returns the arguments of guild run for a step: the operation, its options and flags, with the references to the
// parent's flags resolved. A flag that is one reference and nothing else keeps the type of the value. Flags of the parent that
// begin with the step's name or operation and a colon are the step's, in place of what it says.
func (op *Operation) StepArgs(s Step, vals Values) ([]string, error) {
	resolve := func(text string) (string, error) {
		return expand(text, func(ref string) (string, error) {
			v, ok := vals[ref]
			if !ok {
				return "", fmt.Errorf("step '%s' of operation '%s' refers to ${%s}, which is no flag of it%s", s.Name,
					op.FullName(), ref, didYouMean(ref, slices.Sorted(maps.Keys(vals))))
			}
			if s, ok := v.(string); ok {
				return s, nil
			}
			return flow(v, false), nil
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
	given := Values{}
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
		if ref, ok := soleRef(text); ok {
			if v, ok := vals[ref]; ok {
				args = append(args, name+"="+flow(v, false))
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
		args = append(args, name+"="+flow(given[name], false))
	}
	return args, nil
}

func (p *opParser) steps(n *yaml.Node) error {
	d := deref(n)
	if d.Kind != yaml.SequenceNode {
		return p.errorf(n, "steps must be a list")
	}
	p.op.Steps = make([]Step, 0, len(d.Content))
	p.op.stepsAt = *p.errorAt(n, "")
	for _, item := range d.Content {
		s, err := p.step(item)
		if err != nil {
			p.fail(err)
		}
		if s.OpSpec != "" {
			p.op.Steps = append(p.op.Steps, s)
		}
	}
	return nil
}

// step reads a step. One that does not say what to run has no OpSpec, and makes the operation one that cannot be run.
func (p *opParser) step(n *yaml.Node) (Step, error) {
	if deref(n).Kind != yaml.MappingNode {
		return p.stepLine(n)
	}
	attrs, err := p.mapping(n, "a step")
	if err != nil {
		return Step{}, err
	}
	i := slices.IndexFunc(attrs, func(a entry) bool { return a.name == "run" })
	if i < 0 {
		p.unsupported(n, "a step must say what to run, as in 'run: train'")
		return Step{}, nil
	}
	s, err := p.stepLine(attrs[i].value)
	if err != nil {
		return Step{}, err
	}
	p.attributes(attribute.Step, "step '"+s.Name+"' of "+p.what, n, p.stepTargets(&s), p.fail)
	s.Args = sortOptions(s.Args)
	return s, nil
}

// stepLine reads a step from the arguments of guild run.
func (p *opParser) stepLine(n *yaml.Node) (Step, error) {
	if d := deref(n); d.Kind != yaml.ScalarNode || strings.TrimSpace(d.Value) == "" || isNull(d) {
		p.unsupported(n, "a step must say what to run, as in 'train' or 'run: train'")
		return Step{}, nil
	}
	line, err := p.text(n, "a step")
	if err != nil {
		return Step{}, err
	}
	s, err := parseStep(line)
	if err != nil {
		return Step{}, p.errorf(n, "step '%s': %v", line, err)
	}
	return s, nil
}
