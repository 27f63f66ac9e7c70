package web

import (
	"io"
	"maps"
	"slices"
	"strings"

	"guild/runs"
)

// Detail is one run in full.
type Detail struct {
	Run
	Dir        string     `json:"dir"`
	Project    string     `json:"project,omitempty"` // directory of the operation
	Flags      []Value    `json:"flags"`
	Attributes []Value    `json:"attributes"`
	Scalars    []Scalar   `json:"scalars"` // by name, without those of the system
	Parent     *Relative  `json:"parent,omitempty"`
	Children   []Relative `json:"children,omitempty"`
}

// Value is a name with a value as YAML, which preserves all digits and the type.
type Value struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// maxAttr is the most bytes of an attribute that are shown.
const maxAttr = 16 << 10

// The environment of a run often contains passwords, and not only the run's owner may look at the page.
const hiddenAttr = "env"

func (s *Server) describe(run *runs.View) *Detail {
	st := run.State()
	d := &Detail{Run: newRow(run, st.Status, st.Reason, readDetail(run, st.Status)), Dir: run.Dir, Project: run.Opref().Dir(),
		Flags: []Value{}, Attributes: []Value{}, Scalars: s.lastScalars(run), Parent: s.parent(run), Children: s.children(run)}
	flags := run.Flags()
	for _, name := range slices.Sorted(maps.Keys(flags)) {
		d.Flags = append(d.Flags, Value{name, valueText(flags[name])})
	}
	names, err := run.AttrNames()
	if err != nil {
		return d
	}
	for _, name := range names {
		if name == hiddenAttr {
			continue
		}
		if text, ok := attrText(run, name); ok {
			d.Attributes = append(d.Attributes, Value{name, text})
		}
	}
	return d
}

func attrText(run *runs.View, name string) (string, bool) {
	f, err := openInside(run.Dir, ".guild/attrs/"+name)
	if err != nil {
		return "", false
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxAttr+1))
	if err != nil {
		return "", false
	}
	text := strings.ToValidUTF8(string(data[:min(len(data), maxAttr)]), "\uFFFD")
	if len(data) > maxAttr {
		text += "…"
	}
	return strings.TrimSpace(text), true
}
