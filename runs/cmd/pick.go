package cmd

import (
	"fmt"
	"strings"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/listing"
)

// Latest has the arguments that choose the runs that a command changes; the default is the latest run.
type Latest struct {
	filter.Flags
	Specs []string `arg:"" optional:"" name:"run" help:"Indexes, ranges such as 1:3, starts of ids, or o:OPERATION. Default: the latest run that passes the filters." complete:"run"`
	Yes   bool     `short:"y" help:"Do not ask."`
}

func (k *Latest) find(s *catalog.Catalog) ([]*runs.Run, error) {
	f, err := k.Filter()
	if err != nil {
		return nil, err
	}
	if len(k.Specs) > 0 {
		return filter.Find(s, f, k.Specs)
	}
	r, err := filter.Latest(s, f, "")
	return []*runs.Run{r}, err
}

// change asks whether the runs that are named shall be changed as head says, and changes each. changed is how many were; there
// are none if the answer is no. One that cannot be changed ends it.
func (k *Latest) change(c *console.Console, s *catalog.Catalog, head string, do func(*runs.Run) error) (changed int, err error) {
	list, err := k.find(s)
	if err != nil {
		return 0, err
	}
	if ok, err := listing.Confirm(c, k.Yes, head, list); err != nil || !ok {
		return 0, err
	}
	for i, r := range list {
		if err := r.Edit(func() error { return do(r) }); err != nil {
			return i, err
		}
	}
	return len(list), nil
}

// refuse says what is wrong and, on a line of its own, what to try.
func refuse(c *console.Console, wrong, try string) error {
	c.Notef("guild: %s\n%s\n", wrong, try)
	return console.Exit(console.ExitFailed)
}

// option is an option of a command; given says whether it was given.
type option struct {
	name  string
	given bool
}

// exclude returns an error if two of the options were given, which contradict each other.
func exclude(c *console.Console, command string, options ...option) error {
	first := ""
	for _, o := range options {
		switch {
		case !o.given:
		case first == "":
			first = o.name
		default:
			return refuse(c, fmt.Sprintf("--%s and --%s cannot both be specified", first, o.name), seeHelp(command))
		}
	}
	return nil
}

// require returns an error if none of the options was given.
func require(c *console.Console, command string, options ...option) error {
	var names []string
	for _, o := range options {
		if o.given {
			return nil
		}
		names = append(names, "--"+o.name)
	}
	return refuse(c, "specify one of "+strings.Join(names, ", "), seeHelp(command))
}

func seeHelp(command string) string {
	return fmt.Sprintf("Try 'guild %s --help' for more information.", command)
}
