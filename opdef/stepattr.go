package opdef

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// stepOptions are the options of guild run that a step may have as attributes.
func stepOptions() []string {
	return []string{"batch-tag", "fail-on-trial-error", "force-flags", "gpus", "label", "max-trials", "maximize", "minimize",
		"needed", "no-gpus", "opt-flags", "optimize", "optimizer", "random-seed", "remote", "stage-trials", "stop-after", "tag", "workers"}
}

func (p *opParser) stepAttr(s *Step, a entry) error {
	switch a.name {
	case "run":
		return nil
	case "name":
		name, err := p.text(a.value, "name")
		if name != "" {
			s.Name = name
		}
		return err
	case "flags":
		return p.stepFlags(s, a)
	case "checks", "expect":
		return p.stepChecks(s, a)
	case "isolate-runs":
		isolate, err := p.boolean(a.value, "isolate-runs")
		s.AllRuns = !isolate
		return err
	}
	if !slices.Contains(stepOptions(), a.name) {
		return p.errorf(a.key, "unknown attribute '%s' in a step%s", a.name,
			didYouMean(a.name, append(stepOptions(), "run", "name", "flags")))
	}
	option := "--" + strings.Replace(a.name, "opt-flags", "opt-flag", 1)
	v, err := p.value(a.value, a.name)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
	case bool:
		if v {
			s.Args = append(s.Args, option)
		}
	case []any:
		for _, e := range v {
			s.Args = append(s.Args, option, plainText(e))
		}
	case map[string]any:
		for _, assign := range FormatAssignments(v, false) {
			s.Args = append(s.Args, option, assign)
		}
	default:
		s.Args = append(s.Args, option, plainText(v))
	}
	return nil
}

func (p *opParser) stepFlags(s *Step, a entry) error {
	flags, err := p.scope.section(a.value, "flags")
	if err != nil {
		return err
	}
	for _, f := range flags {
		if d := deref(f.value); d.Kind == yaml.MappingNode { // the definition of a flag that is included
			if f.value, err = p.child(d, "default"); err != nil {
				return err
			}
			if f.value == nil {
				continue
			}
		}
		v, err := p.value(f.value, "flag "+f.name)
		if err != nil {
			return err
		}
		text, isText := v.(string)
		if function := functionText(f.value); function != "" && !isText {
			text, isText = function, true
		}
		_, _, isFunction := splitFunction(text)
		if !isText || !isFunction && !strings.Contains(text, "${") {
			text = flow(v, false)
		}
		s.Flags = append(s.Flags, f.name+"="+text)
	}
	return nil
}
