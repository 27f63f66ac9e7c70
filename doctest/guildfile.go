package doctest

import (
	"os"
	"path/filepath"
	"strings"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

// guildfileModule lets documents look at what a guild.yml defines, as the guild under test lists it.
func (s *session) guildfileModule() starlark.Value {
	return module(starlark.StringDict{
		"for_dir":    helper(s.guildfileForDir).value("for_dir"),
		"for_string": helper(s.guildfileForString).value("for_string"),
		"Guildfile":  helper(s.newGuildfile).value("Guildfile"),
	})
}

func (s *session) guildfileForDir(a arguments) (starlark.Value, error) {
	var dir string
	if err := a.unpack("dir", &dir); err != nil {
		return nil, err
	}
	return s.guildfile(dir)
}

func (s *session) guildfileForString(a arguments) (starlark.Value, error) {
	var text string
	if err := a.unpack("s", &text); err != nil {
		return nil, err
	}
	return s.guildfileOf(text)
}

// newGuildfile is for data that a document has made itself. The name of its file is of no use.
func (s *session) newGuildfile(a arguments) (starlark.Value, error) {
	var data starlark.Value
	var src string
	if err := a.unpack("data", &data, "src?", &src); err != nil {
		return nil, err
	}
	var b strings.Builder
	writeJSON(&b, data, "\n")
	return s.guildfileOf(b.String())
}

func (s *session) guildfileOf(text string) (starlark.Value, error) {
	dir, err := s.tempDir(tempPrefix)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "guild.yml"), []byte(text), 0o666); err != nil {
		return nil, err
	}
	return s.guildfile(dir)
}

func (s *session) guildfile(dir string) (starlark.Value, error) {
	p := &project{s: s, cwd: dir, home: s.guildHome()}
	out, err := p.data("operations", "--all", "--json")
	if e, failed := err.(*guildError); failed { //nolint:errorlint // as in asRunError
		return nil, pystar.Errorf("GuildfileError", "%s", strings.TrimPrefix(e.Error(), "guild: "))
	}
	if err != nil {
		return nil, err
	}
	v, err := decodeJSON(out)
	if err != nil {
		return nil, err
	}
	models := starlark.NewDict(1)
	var only *object
	for _, data := range elements(v) {
		name := member(data, "model")
		found, ok, err := models.Get(name)
		if err != nil {
			return nil, err
		}
		m, _ := found.(*object)
		if !ok {
			m = &object{class: "guild.guildfile.ModelDef", name: name, attrs: starlark.StringDict{"name": name, "operations": starlark.NewList(nil)},
				items: starlark.StringDict{}}
			if err := models.SetKey(name, m); err != nil {
				return nil, err
			}
		}
		only = m
		op := operationDef(data, name)
		m.items[pystar.Str(op.name)] = op
		if err := m.attrs["operations"].(*starlark.List).Append(op); err != nil {
			return nil, err
		}
	}
	attrs := starlark.StringDict{"dir": starlark.String(dir), "models": models, "default_model": starlark.None}
	if models.Len() == 1 {
		attrs["default_model"] = only
	}
	return &object{class: "guild.guildfile.Guildfile", name: starlark.String(dir), attrs: attrs}, nil
}

func operationDef(data starlark.Value, model starlark.Value) *object {
	name := strings.TrimPrefix(pystar.Str(member(data, "name")), pystar.Str(model)+":")
	attrs := starlark.StringDict{"name": starlark.String(name)}
	for _, key := range []string{"description", "default", "label", "steps"} {
		attrs[key] = member(data, key)
	}
	flags := starlark.StringDict{}
	for _, e := range elements(member(data, "flags")) {
		f := flagDef(e)
		flags[pystar.Str(f.name)] = f
	}
	attrs["get_flagdef"] = helper(func(a arguments) (starlark.Value, error) {
		var name string
		if err := a.unpack("name", &name); err != nil {
			return nil, err
		}
		if f, ok := flags[name]; ok {
			return f, nil
		}
		return starlark.None, nil
	}).value("get_flagdef")
	return &object{class: "guild.guildfile.OpDef", name: starlark.String(name), attrs: attrs}
}

func flagDef(data starlark.Value) *object {
	attrs := starlark.StringDict{}
	for _, key := range []string{"name", "description", "type", "default", "required", "arg_name", "null_label", "min", "max"} {
		attrs[key] = member(data, key)
	}
	defs := starlark.NewList(nil)
	for _, value := range elements(member(data, "choices")) {
		_ = defs.Append(&object{class: "guild.guildfile.FlagChoice", name: value, attrs: starlark.StringDict{"value": value}}) // a new list takes all
	}
	attrs["choices"] = defs
	if attrs["extra"] = member(data, "other"); attrs["extra"] == starlark.None {
		attrs["extra"] = starlark.NewDict(0)
	}
	return &object{class: "guild.guildfile.FlagDef", name: attrs["name"], attrs: attrs}
}

// object is a value with a class and a name, attributes and perhaps items.
type object struct {
	class string
	name  starlark.Value
	attrs starlark.StringDict
	items starlark.StringDict
}

func (o *object) Freeze()               {}
func (o *object) Hash() (uint32, error) { return o.name.Hash() }
func (o *object) String() string        { return "<" + o.class + " " + pystar.Repr(o.name) + ">" }
func (o *object) Truth() starlark.Bool  { return true }
func (o *object) Type() string          { return o.class[strings.LastIndexByte(o.class, '.')+1:] }

// AttrNames implements starlark.HasAttrs.
func (o *object) AttrNames() []string { return o.attrs.Keys() }

// Attr implements starlark.HasAttrs.
func (o *object) Attr(name string) (starlark.Value, error) { return o.attrs[name], nil }

// Get implements starlark.Mapping.
func (o *object) Get(key starlark.Value) (starlark.Value, bool, error) {
	v, ok := o.items[pystar.Str(key)]
	return v, ok, nil
}
