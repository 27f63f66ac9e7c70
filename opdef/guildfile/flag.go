package guildfile

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"guild/opdef"
	"guild/opdef/attribute"
	"guild/opdef/flagvalue"
	"guild/runs/console"
	"guild/runs/pyyaml"
)

func (p *opParser) flags(n *yaml.Node) error {
	entries, err := p.scope.section(n, "flags")
	for _, e := range entries {
		if f := p.flag(e); f != nil {
			p.op.Flags = append(p.op.Flags, f)
		}
	}
	return err
}

// flag reads a flag in its long form, a mapping of attributes. It returns nil if the name is illegal.
func (p *opParser) flag(e entry) *opdef.Flag {
	if e.name == "" || strings.Contains(e.name, "=") {
		p.fail(p.errorf(e.key, "'%s' is no name of a flag", e.name))
		return nil
	}
	f := &opdef.Flag{Name: e.name}
	set := p.flagTargets(f)
	var def *yaml.Node
	set["default"] = func(n *yaml.Node) error {
		def = n
		var err error
		f.Default, err = p.value(n, "default")
		return err
	}
	p.attributes(attribute.Flag, "flag '"+e.name+"'", e.value, set, p.fail)
	if def != nil {
		readFunction(f, def) // last, since it depends on the type
	}
	return f
}

func (p *opParser) flagTargets(f *opdef.Flag) targets {
	return targets{
		"description": &f.Description,
		"default":     func(n *yaml.Node) (err error) { f.Default, err = p.value(n, "default"); return err },
		"type":        func(n *yaml.Node) error { return p.flagType(f, n) },
		"required": func(n *yaml.Node) error {
			f.RequiredSet = true
			return p.assign(entry{name: "required", value: n}, &f.Required)
		},
		"choices":     func(n *yaml.Node) error { return p.choices(f, n) },
		"allow-other": &f.AllowOther,
		"min":         &f.Min,
		"max":         &f.Max,
		"null-label":  &f.NullLabel,
		"alias":       func(n *yaml.Node) (err error) { f.Alias, err = p.text(n, "alias"); return err },
		"arg-name":    &f.ArgName,
		"arg-skip": func(n *yaml.Node) error {
			f.ArgSkipSet = true
			return p.assign(entry{name: "arg-skip", value: n}, &f.ArgSkip)
		},
		"arg-switch":   &f.ArgSwitch,
		"arg-split":    func(n *yaml.Node) (err error) { f.ArgSplit, err = p.argSplit(n); return err },
		"arg-encoding": func(n *yaml.Node) (err error) { f.ArgEncoding, err = p.encoding(n, "arg-encoding"); return err },
		"env-name":     &f.EnvName,
		"env-encoding": func(n *yaml.Node) (err error) { f.EnvEncoding, err = p.encoding(n, "env-encoding"); return err },
		"distribution": func(e entry) error { return p.extra(f, e) },
		"nb-replace":   func(e entry) error { return p.extra(f, e) },
		otherAttrs: func(e entry) error {
			if len(console.Nearest(e.name, attribute.Names(attribute.Flag))) > 0 {
				p.warnUnknown(attribute.Flag, "flag '"+f.Name+"'", e)
				return nil
			}
			return p.extra(f, e)
		},
	}
}

// flagType reads the type of a flag. An unknown type is ignored with a warning.
func (p *opParser) flagType(f *opdef.Flag, n *yaml.Node) (err error) {
	if f.Type, err = p.text(n, "type"); err != nil || f.Type == "" || slices.Contains(attribute.FlagTypes(), f.Type) {
		return err
	}
	hint := console.DidYouMean(f.Type, attribute.FlagTypes())
	if hint == "" {
		hint = "; types are " + strings.Join(attribute.FlagTypes(), ", ")
	}
	p.warn(n, "unknown type '%s' of flag '%s' is ignored%s", f.Type, f.Name, hint)
	f.Type = ""
	return nil
}

// extra keeps an attribute that guild does not use itself.
func (p *opParser) extra(f *opdef.Flag, a entry) error {
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

func (p *parser) number(n *yaml.Node, what string) (*float64, error) {
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
			return flagvalue.SplitShell, nil
		case false, nil:
			return "", nil
		}
	}
	return d.Value, nil
}

// encoding reads a mapping from values to texts. Its keys are values as flagvalue.Format writes them.
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
		if out[flagvalue.Format(v)], err = p.text(e.value, what); err != nil {
			return nil, err
		}
	}
	return out, nil
}
