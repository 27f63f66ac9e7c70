package doctest

import (
	"regexp"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

// reMultiline is the value of re.MULTILINE.
const reMultiline = 8

// search implements re.search. Patterns are RE2's, which agrees with Python's on what documents use.
func search(a arguments) (starlark.Value, error) {
	var pattern, text string
	var flags int
	if err := a.unpack("pattern", &pattern, "string", &text, "flags?", &flags); err != nil {
		return nil, err
	}
	if flags&reMultiline != 0 {
		pattern = "(?m)" + pattern
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, pystar.Errorf("ValueError", "invalid pattern: %s", err)
	}
	loc := re.FindStringSubmatchIndex(text)
	if loc == nil {
		return starlark.None, nil
	}
	m := &match{span: [2]int{loc[0], loc[1]}}
	for i := 0; i < len(loc); i += 2 {
		group := starlark.Value(starlark.None)
		if loc[i] >= 0 {
			group = starlark.String(text[loc[i]:loc[i+1]])
		}
		m.groups = append(m.groups, group)
	}
	return m, nil
}

// match is a match object.
type match struct {
	span   [2]int
	groups starlark.Tuple // the whole match first; None for a group that took no part
}

func (m *match) Freeze() {}
func (m *match) Hash() (uint32, error) {
	return 0, pystar.Errorf("TypeError", "unhashable type: 're.Match'")
}
func (m *match) Truth() starlark.Bool { return true }
func (m *match) Type() string         { return "re.Match" }
func (m *match) AttrNames() []string  { return []string{"group", "groups"} }

func (m *match) String() string {
	span := starlark.Tuple{starlark.MakeInt(m.span[0]), starlark.MakeInt(m.span[1])}
	return "<re.Match object; span=" + pystar.Repr(span) + ", match=" + pystar.Repr(m.groups[0]) + ">"
}

// Attr implements starlark.HasAttrs.
func (m *match) Attr(name string) (starlark.Value, error) {
	switch name {
	case "group":
		return helper(func(a arguments) (starlark.Value, error) {
			var i int
			if err := a.unpack("group?", &i); err != nil {
				return nil, err
			}
			if i < 0 || i >= len(m.groups) {
				return nil, pystar.Errorf("IndexError", "no such group")
			}
			return m.groups[i], nil
		}).value(name), nil
	case "groups":
		return helper(func(a arguments) (starlark.Value, error) { return m.groups[1:], a.unpack() }).value(name), nil
	}
	return nil, nil
}
