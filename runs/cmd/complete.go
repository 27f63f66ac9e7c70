package cmd

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"guild/runs"
	"guild/runs/archive"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/console/grammar"
	"guild/runs/filter"
	"guild/runs/listing"
	"guild/runs/values"
)

// Complete returns candidates for a word that names a run or something in a run. The filters of the command, which has been filled in from
// the words before, determine which runs count.
func Complete(s *catalog.Catalog, p *grammar.Point, command any) []grammar.Candidate {
	c := completer{store: s, point: p, command: command, filter: &filter.Filter{}}
	if filtered, ok := command.(interface {
		Filter() (*filter.Filter, error)
	}); ok {
		if f, err := filtered.Filter(); err == nil {
			c.filter = f
		}
	}
	switch p.Kind {
	case "run":
		return p.Matching(c.ids())
	case "deleted":
		return p.Matching(c.described(s.Deleted))
	case "label":
		return p.Matching(c.texts(func(r *runs.Run) []string { return []string{r.Label()} }))
	case "tag":
		return p.Matching(c.texts((*runs.Run).Tags))
	case "run-operation":
		return p.Matching(c.texts(func(r *runs.Run) []string { return []string{r.OpSpec()} }))
	case "digest":
		return p.Matching(c.texts(func(r *runs.Run) []string {
			digest, _ := r.AttrString("sourcecode_digest")
			return []string{digest}
		}))
	case "column":
		return p.Matching(c.columns())
	case "filter-name":
		return p.Matching(c.filterNames())
	case "attribute":
		return p.Matching(c.attributes())
	case "run-flag":
		return p.Matching(c.texts(func(r *runs.Run) []string { return slices.Collect(maps.Keys(r.Flags())) }))
	case "scalar":
		return p.Matching(c.texts(func(r *runs.Run) (keys []string) {
			for _, s := range values.Of(r).Scalars() {
				keys = append(keys, s.Key())
			}
			return keys
		}))
	case "run-file":
		return c.files()
	case "archive":
		return slices.Concat(p.Matching(c.archives()), grammar.Files(".", p.Prefix(), "*.zip"))
	case "archive-name":
		return p.Matching(c.archives())
	}
	return nil
}

type completer struct {
	store   *catalog.Catalog
	point   *grammar.Point
	command any
	filter  *filter.Filter
}

// ids returns the short ids of the runs, or the full ids if more than a short id is typed. Without a filter, only the few runs that get a
// description are read.
func (c *completer) ids() []grammar.Candidate {
	if !c.filter.Empty() {
		return c.described(c.store.List)
	}
	ids, _ := c.store.IDs() // no candidates for what cannot be read
	ids = slices.DeleteFunc(ids, func(id string) bool { return !strings.HasPrefix(id, c.point.Prefix()) })
	const few = 100
	if len(ids) <= few {
		return c.described(c.store.List)
	}
	list := make([]grammar.Candidate, len(ids))
	for i, id := range ids {
		list[i].Text = c.id(runs.Named(id, ""))
	}
	return list
}

func (c *completer) described(list func() ([]*runs.Run, error)) []grammar.Candidate {
	all, _ := list()
	var out []grammar.Candidate
	for _, r := range filter.Apply(c.filter, all) {
		if !strings.HasPrefix(r.ID, c.point.Prefix()) {
			continue
		}
		help := fmt.Sprintf("%s  %s  %s  %s", listing.Operation(r.AsView(), ""), listing.Time(r.Started()), r.Status(), console.OneLine(r.Label()))
		out = append(out, grammar.Candidate{Text: c.id(r), Help: strings.TrimRight(help, " ")})
	}
	return out
}

func (c *completer) id(r *runs.Run) string {
	if len(c.point.Prefix()) > len(r.ShortID()) {
		return r.ID
	}
	return r.ShortID()
}

// texts returns the texts that the runs have, each once.
func (c *completer) texts(of func(*runs.Run) []string) []grammar.Candidate {
	all, _ := c.store.List()
	var texts []string
	for _, r := range filter.Apply(c.filter, all) {
		texts = append(texts, of(r)...)
	}
	return behind("", slices.DeleteFunc(texts, func(text string) bool { return text == "" }))
}

// columns returns candidates for the last of the typed columns: a scalar, a flag or, after a dot, an attribute of the latest runs.
func (c *completer) columns() []grammar.Candidate {
	typed := c.point.Prefix()
	before := typed[:strings.LastIndexAny(typed, ", ")+1]
	var names []string
	for _, v := range c.latest() {
		for _, s := range v.Scalars() {
			names = append(names, s.Key())
		}
		for name := range v.Flags() {
			names = append(names, "="+name)
		}
		if strings.HasPrefix(typed[len(before):], ".") {
			for _, name := range slices.Concat(values.Core(), v.CustomAttrs()) {
				names = append(names, "."+name)
			}
		}
	}
	return behind(before, names)
}

// latest returns the values of so many of the latest runs that their names are representative.
func (c *completer) latest() []*values.Values {
	const some = 100
	all, _ := c.store.List()
	all = filter.Apply(c.filter, all)
	var list []*values.Values
	for _, r := range all[:min(some, len(all))] {
		list = append(list, values.Of(r))
	}
	return list
}

// filterNames returns the names that the last word of a filter expression may be: attributes, flags and scalars of the latest runs, and the
// words that join tests.
func (c *completer) filterNames() []grammar.Candidate {
	typed := c.point.Prefix()
	names := append(values.Core(), "and", "or", "not")
	for _, v := range c.latest() {
		for _, s := range v.Scalars() {
			names = append(names, s.Key())
		}
		names = slices.AppendSeq(names, maps.Keys(v.Flags()))
		names = append(names, v.CustomAttrs()...)
	}
	return behind(typed[:strings.LastIndexAny(typed, " (")+1], names)
}

// attributes returns the attributes of the latest runs.
func (c *completer) attributes() []grammar.Candidate {
	names := []string{"run_dir", "short_id", "operation", "from", "opref", "status", "reason"}
	for _, v := range c.latest() {
		attrs, _ := v.Run.AttrNames() // no candidates for what cannot be read
		names = append(names, attrs...)
	}
	return behind("", names)
}

// behind returns the names, each once, with the text typed before them in front.
func behind(typed string, names []string) []grammar.Candidate {
	slices.Sort(names)
	var out []grammar.Candidate
	for _, name := range slices.Compact(names) {
		out = append(out, grammar.Candidate{Text: typed + name})
	}
	return out
}

// files returns the files of the run that the command is about.
func (c *completer) files() []grammar.Candidate {
	spec := ""
	if len(c.point.Args) > 0 {
		spec = c.point.Args[0]
	}
	r, err := filter.Latest(c.store, c.filter, spec)
	if err != nil || filepath.IsAbs(c.point.Prefix()) {
		return nil
	}
	dir := r.Dir
	if d, ok := c.command.(*RunsDiff); ok { // the files of the directory to compare with
		switch {
		case d.Dir != "":
			dir = d.Dir
		case d.Working:
			dir = r.Opref().Dir()
		}
	}
	return grammar.Files(dir, c.point.Prefix(), "*")
}

func (c *completer) archives() []grammar.Candidate {
	all, _ := archive.Names(c.store.Home())
	var out []grammar.Candidate
	for _, a := range all {
		out = append(out, grammar.Candidate{Text: a.Name, Help: a.Description})
	}
	return out
}
