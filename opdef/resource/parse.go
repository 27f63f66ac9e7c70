package resource

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"guild/opdef/flagvalue"
	"guild/runs/words"
)

// Parse reads a resource: a list of sources, a mapping with sources, or a mapping that is one source. name is the name of the resource
// unless the mapping has one. Unknown attributes are ignored, since a run may be one of Guild AI; package guildfile warns of them.
func Parse(v any, name string) (Resource, error) {
	m, ok := v.(map[string]any)
	if list, isList := v.([]any); isList {
		m, ok = map[string]any{"sources": list}, true
	}
	if !ok {
		return Resource{}, fmt.Errorf("a resource is a mapping or a list of sources, not %s", flagvalue.Format(v))
	}
	if _, full := m["sources"]; !full {
		m = map[string]any{"sources": []any{m}}
	}
	if name != "" && m["name"] == nil {
		m = maps.Clone(m)
		m["name"] = name
	}
	r := Resource{data: m}
	unpack := true
	a := &attrReader{m: m, what: "a resource"}
	a.text("name", &r.Name)
	a.text("path", &r.TargetPath)
	a.text("target-path", &r.TargetPath)
	a.targetType(&r.TargetType)
	a.flag("preserve-path", &r.PreservePath)
	a.flag("default-unpack", &unpack)
	a.text("description", &r.Description)
	var sources []any
	a.list("sources", &sources)
	if a.err != nil {
		return Resource{}, a.err
	}
	for _, item := range sources {
		s, err := parseSource(item, unpack)
		if err != nil {
			return Resource{}, err
		}
		r.Sources = append(r.Sources, s)
	}
	if len(r.Sources) == 1 && r.Description == "" {
		r.Description = r.Sources[0].Description
	}
	return r, nil
}

func sourceKinds() []string {
	return []string{FromFile, FromURL, FromOperation, FromConfig, FromModule}
}

func parseSource(v any, unpack bool) (Source, error) {
	s := Source{Unpack: unpack, WarnIfEmpty: true}
	if text, ok := v.(string); ok {
		s.Kind, s.Ref = FromFile, text
		return s, nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		return s, fmt.Errorf("a source is a file or a mapping such as 'file: data.csv', not %s", flagvalue.Format(v))
	}
	a := &attrReader{m: m, what: "a source"}
	for _, kind := range append(sourceKinds(), FromDVCFile, FromDVCStage) {
		var ref string
		if a.text(kind, &ref); a.err != nil {
			return s, a.err
		}
		if ref == "" {
			continue
		}
		if s.Kind != "" {
			return s, fmt.Errorf("a source is either '%s' or '%s'", s.Kind, kind)
		}
		s.Kind, s.Ref = kind, ref
	}
	if s.Kind == "" {
		return s, fmt.Errorf("a source needs one of %s", strings.Join(sourceKinds(), ", "))
	}
	if m["flag-name"] == false {
		s.NoFlag = true
	}
	a.text("flag-name", &s.FlagName)
	a.text("name", &s.Name)
	a.text("sha256", &s.SHA256)
	a.flag("unpack", &s.Unpack)
	a.text("type", &s.ArchiveType)
	for attr, reduce := range map[string]string{"select": "", "select-min": "min", "select-max": "max"} {
		for _, pattern := range a.texts(attr) {
			s.Select = append(s.Select, Select{pattern, reduce})
		}
	}
	slices.SortStableFunc(s.Select, func(a, b Select) int { return strings.Compare(a.Reduce, b.Reduce) })
	a.renames(&s.Rename)
	a.text("path", &s.TargetPath)
	a.text("target-path", &s.TargetPath)
	a.targetType(&s.TargetType)
	a.flag("preserve-path", &s.PreservePath)
	a.flag("replace-existing", &s.ReplaceExisting)
	a.flag("always-resolve", &s.AlwaysResolve)
	a.flag("optional", &s.Optional)
	a.flag("fail-if-empty", &s.FailIfEmpty)
	a.flag("warn-if-empty", &s.WarnIfEmpty)
	a.text("help", &s.Help)
	a.text("post-process", &s.PostProcess)
	a.text("description", &s.Description)
	if params, ok := m["params"].(map[string]any); ok {
		s.Params = params
	} else if m["params"] != nil {
		a.fail("params of a source must be a mapping of names to values")
	}
	return s, a.err
}

// attrReader reads attributes of a mapping of plain values. It keeps the first error.
type attrReader struct {
	m    map[string]any
	what string
	err  error
}

func (a *attrReader) fail(format string, args ...any) {
	if a.err == nil {
		a.err = fmt.Errorf(format, args...)
	}
}

// get returns an attribute if it is set.
func (a *attrReader) get(name string) (any, bool) {
	v := a.m[name]
	return v, v != nil
}

func (a *attrReader) text(name string, to *string) {
	v, ok := a.get(name)
	if !ok {
		return
	}
	switch v := v.(type) {
	case []any, map[string]any:
		a.fail("'%s' of %s must be a text", name, a.what)
	case string:
		*to = v
	case bool:
		if v || name != "flag-name" {
			a.fail("'%s' of %s must be a text", name, a.what)
		}
	default:
		*to = flagvalue.PlainText(v)
	}
}

func (a *attrReader) flag(name string, to *bool) {
	v, ok := a.get(name)
	if !ok {
		return
	}
	if *to, ok = v.(bool); !ok {
		a.fail("'%s' of %s must be yes or no", name, a.what)
	}
}

func (a *attrReader) list(name string, to *[]any) {
	v, ok := a.get(name)
	if !ok {
		return
	}
	if *to, ok = v.([]any); !ok {
		a.fail("'%s' of %s must be a list", name, a.what)
	}
}

// texts reads a text or a list of texts.
func (a *attrReader) texts(name string) []string {
	v, ok := a.get(name)
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []string
	for _, e := range list {
		switch e.(type) {
		case []any, map[string]any, nil:
			a.fail("'%s' of %s must be a text or a list of texts", name, a.what)
			return nil
		}
		out = append(out, flagvalue.PlainText(e))
	}
	return out
}

func (a *attrReader) targetType(to *string) {
	a.text("target-type", to)
	if *to != "" && *to != TargetCopy && *to != TargetLink {
		a.fail("target-type of %s must be link or copy, not '%s'", a.what, *to)
	}
}

// renames reads 'PATTERN REPL', a new name, a mapping with pattern and repl, or a list of these.
func (a *attrReader) renames(to *[]Rename) {
	v, ok := a.get("rename")
	if !ok {
		return
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, e := range list {
		switch e := e.(type) {
		case map[string]any:
			pattern, _ := e["pattern"].(string)
			repl, _ := e["repl"].(string)
			*to = append(*to, Rename{pattern, repl})
			continue
		case string:
			if parts, err := words.Split(e); err == nil && len(parts) == 2 {
				*to = append(*to, Rename{parts[0], parts[1]})
				continue
			} else if err == nil && len(parts) == 1 {
				*to = append(*to, Rename{".*", parts[0]})
				continue
			}
		}
		a.fail("rename of %s must be 'PATTERN REPLACEMENT' or a new name, not %s", a.what, flagvalue.Format(e))
	}
}
