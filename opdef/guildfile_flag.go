package opdef

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"guild/runs/pyyaml"
)

func (p *opParser) flags(n *yaml.Node) error {
	entries, err := p.scope.section(n, "flags")
	if err != nil {
		return err
	}
	for _, e := range entries {
		f, err := p.flag(e)
		if err != nil {
			return err
		}
		p.op.Flags = append(p.op.Flags, f)
	}
	return nil
}

// flag reads one flag in its long form, a mapping of attributes.
func (p *opParser) flag(e entry) (*Flag, error) {
	if e.name == "" || strings.Contains(e.name, "=") {
		return nil, p.errorf(e.key, "'%s' is no name of a flag", e.name)
	}
	f := &Flag{Name: e.name}
	attrs, err := p.mapping(e.value, "flag '"+e.name+"'")
	if err != nil {
		return nil, err
	}
	for _, a := range attrs {
		if err := p.flagAttr(f, a); err != nil {
			return nil, err
		}
	}
	f.readFunction(attrs)
	return f, nil
}

func flagAttrs() []string {
	return []string{"description", "type", "default", "required", "choices", "allow-other", "min", "max", "null-label", "alias",
		"arg-name", "arg-skip", "arg-switch", "arg-split", "arg-encoding", "env-name", "env-encoding"}
}

func flagTypes() []string {
	return []string{TypeString, TypeInt, TypeFloat, TypeNumber, TypeBoolean, TypePath, TypeExistingPath, TypeAuto}
}

func (p *opParser) flagAttr(f *Flag, a entry) (err error) {
	switch a.name {
	case "description":
		f.Description, err = p.text(a.value, "description")
	case "type":
		if f.Type, err = p.text(a.value, "type"); err == nil && f.Type != "" && !slices.Contains(flagTypes(), f.Type) {
			err = p.errorf(a.value, "flag '%s' has the unknown type '%s'; types are %s", f.Name, f.Type,
				strings.Join(flagTypes(), ", "))
		}
	case "default":
		f.Default, err = p.value(a.value, "flag "+f.Name)
	case "required":
		f.Required, err = p.boolean(a.value, "required")
		f.requiredSet = true
	case "choices":
		err = p.choices(f, a.value)
	case "allow-other":
		f.AllowOther, err = p.boolean(a.value, "allow-other")
	case "min":
		f.Min, err = p.number(a.value, "min")
	case "max":
		f.Max, err = p.number(a.value, "max")
	case "null-label":
		f.NullLabel, err = p.text(a.value, "null-label")
	case "alias":
		f.Alias, err = p.text(a.value, "alias")
	case "arg-name":
		f.ArgName, err = p.text(a.value, "arg-name")
	case "arg-skip":
		f.ArgSkip, err = p.boolean(a.value, "arg-skip")
		f.argSkipSet = true
	case "arg-switch":
		f.ArgSwitch, err = p.value(a.value, "arg-switch")
	case "arg-split":
		f.ArgSplit, err = p.argSplit(a.value)
	case "arg-encoding":
		f.ArgEncoding, err = p.encoding(a.value, "arg-encoding")
	case "env-name":
		f.EnvName, err = p.text(a.value, "env-name")
	case "env-encoding":
		f.EnvEncoding, err = p.encoding(a.value, "env-encoding")
	default:
		err = p.extra(f, a)
	}
	return err
}

// extra keeps an attribute that has no meaning here, such as one of a search space, unless it looks like a slip of the pen.
func (p *opParser) extra(f *Flag, a entry) error {
	if near := nearest(a.name, flagAttrs()); len(near) > 0 {
		return p.errorf(a.key, "unknown attribute '%s' in flag '%s'%s", a.name, f.Name, didYouMean(a.name, flagAttrs()))
	}
	v, err := p.value(a.value, a.name)
	if err != nil {
		return err
	}
	if f.Extra == nil {
		f.Extra = map[string]any{}
	}
	f.Extra[a.name] = v
	return nil
}

func (p *opParser) number(n *yaml.Node, what string) (*float64, error) {
	v, err := p.value(n, what)
	if err != nil || v == nil {
		return nil, err
	}
	f, ok := pyyaml.Number(v)
	if !ok {
		return nil, p.errorf(n, "%s must be a number", what)
	}
	return &f, nil
}

func (p *opParser) argSplit(n *yaml.Node) (string, error) {
	d := deref(n)
	if d.Kind != yaml.ScalarNode {
		return "", p.errorf(n, "arg-split must be yes, shlex or a separator")
	}
	if d.Style == 0 {
		switch pyyaml.DecodeScalar(d.Value) {
		case true:
			return splitShell, nil
		case false, nil:
			return "", nil
		}
	}
	return d.Value, nil
}

// encoding reads a mapping of values to texts, keyed by the value as FormatValue has it.
func (p *opParser) encoding(n *yaml.Node, what string) (map[string]string, error) {
	entries, err := p.mapping(n, what)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(entries))
	for _, e := range entries {
		v, err := p.value(e.key, what)
		if err != nil {
			return nil, err
		}
		if out[FormatValue(v)], err = p.text(e.value, what); err != nil {
			return nil, err
		}
	}
	return out, nil
}
