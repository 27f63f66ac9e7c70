package cmd

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/compare"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/pyyaml"
	"guild/runs/values"
)

// Select prints a run's id, for use in other commands.
type Select struct {
	filter.Flags
	Specs   []string `arg:"" optional:"" name:"run" help:"Indexes, ranges such as 1:3, starts of ids, or o:OPERATION. Default: the latest." complete:"run"`
	All     bool     `short:"A" help:"All runs that match, not only the latest, as where several runs are named."`
	Min     string   `short2:"min" placeholder:"COLUMN" xor:"order" help:"The run with the lowest value of COLUMN: a scalar such as loss or max acc, a flag as =lr, an attribute as .label." complete:"column"`
	Max     string   `short2:"max" placeholder:"COLUMN" xor:"order" help:"The run with the highest value of COLUMN." complete:"column"`
	ShortID bool     `short:"s" name:"short-id" xor:"form" help:"The short id."`
	Attr    string   `short:"a" xor:"form" placeholder:"NAME" help:"The attribute NAME in place of the id: one of the run's attributes, or run_dir, short_id, operation, from, opref, status, reason." complete:"attribute"`
	Path    bool     `short:"p" name:"path" aliases:"dir" xor:"form" help:"The run directory in place of the id."`
	JSON    bool     `name:"json" xor:"form" help:"A JSON list of what 'guild runs list --json' says of each run."`
}

// Run prints a line for each run.
func (s *Select) Run(c *console.Console, store *catalog.Catalog) error {
	f, err := s.Filter()
	if err != nil {
		return err
	}
	list, err := s.find(store, f)
	if err != nil {
		return err
	}
	if s.JSON {
		return writeSummaries(c, summariesOf(list))
	}
	for _, r := range list {
		text, err := s.form(r)
		if err != nil {
			return err
		}
		c.Data(text)
	}
	return nil
}

func (s *Select) find(store *catalog.Catalog, f *filter.Filter) ([]*runs.Run, error) {
	if by := cmp.Or(s.Min, s.Max); by != "" {
		return s.best(store, f, by)
	}
	if !s.All && len(s.Specs) == 0 {
		r, err := filter.Latest(store, f, "")
		return []*runs.Run{r}, err
	}
	return s.all(store, f)
}

func (s *Select) all(store *catalog.Catalog, f *filter.Filter) ([]*runs.Run, error) {
	list, err := filter.Find(store, f, s.Specs)
	if err == nil && len(list) == 0 {
		err = filter.ErrNoMatch
	}
	return list, err
}

// best returns the run with the lowest or highest value, or all runs in that order.
func (s *Select) best(store *catalog.Catalog, f *filter.Filter, by string) ([]*runs.Run, error) {
	columns, err := compare.Parse(by)
	if err != nil {
		return nil, err
	}
	if len(columns) != 1 {
		return nil, fmt.Errorf("'%s' is more than one column: give the one to select by", by)
	}
	list, err := s.all(store, f)
	if err != nil {
		return nil, err
	}
	list = compare.Sort(list, columns[0], s.Min == "")
	if s.All {
		return list, nil
	}
	if columns[0].Of(values.Of(list[0])) == nil {
		return nil, fmt.Errorf("no matching run has a value for the column '%s' (a flag is =NAME, an attribute .NAME; 'guild compare' shows what there is)", by)
	}
	return list[:1], nil
}

func (s *Select) form(r *runs.Run) (string, error) {
	switch {
	case s.ShortID:
		return r.ShortID(), nil
	case s.Path:
		return r.Dir, nil
	case s.Attr != "":
		return attrText(r, s.Attr)
	}
	return r.ID, nil
}

// optionalAttrs are attributes that every run has, sometimes without a value and a file.
var optionalAttrs = []string{"exit_status", "label", "marked", "sourcecode_digest", "started", "stopped", "tags", "vcs_commit"}

func attrText(r *runs.Run, name string) (string, error) {
	switch name {
	case "id":
		return r.ID, nil
	case "run_dir":
		return r.Dir, nil
	case "short_id":
		return r.ShortID(), nil
	case "operation":
		return r.OpSpec(), nil
	case "from":
		return from(r.Opref()), nil
	case "opref":
		return r.Opref().String(), nil
	case "status":
		return string(r.Status()), nil
	case "reason":
		return r.State().Reason, nil
	case "exit_status", "stopped": // of the latest start, whatever files remain of an owner that was killed
		return endText(r, name), nil
	}
	v, err := r.Attr(name)
	if errors.Is(err, fs.ErrNotExist) {
		if slices.Contains(optionalAttrs, name) {
			return "", nil
		}
		return "", fmt.Errorf("no such run attribute '%s'", name)
	}
	if err != nil {
		return "", err
	}
	if text, ok := v.(string); ok {
		return text, nil
	}
	data, err := pyyaml.EncodeForPeople(v)
	if err != nil {
		return "", err
	}
	return string(data[:len(data)-1]), nil
}

func endText(r *runs.Run, name string) string {
	o, ok := r.Outcome()
	switch {
	case !ok:
		return ""
	case name == "exit_status":
		return strconv.Itoa(o.Exit)
	case o.Stopped.IsZero():
		return ""
	}
	return strconv.FormatInt(runs.Micros(o.Stopped), 10)
}
