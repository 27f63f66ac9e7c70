package grammar

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"guild/runs/console"
)

// entry is a line of a help text.
type entry struct {
	Help string `json:"help"`
	Term string `json:"term"`
}

// section is a part of a help text.
type section struct {
	title   string
	kind    sectionKind
	entries []entry
}

type sectionKind int

const (
	arguments sectionKind = iota
	options
	commands
)

// sections are those of one help text, in their order.
type sections []section

// add puts an entry into the section with a title, which is added at the end if there is none.
func (s *sections) add(title string, kind sectionKind, e entry) {
	i := slices.IndexFunc(*s, func(o section) bool { return o.title == title })
	if i < 0 {
		i, *s = len(*s), append(*s, section{title: title, kind: kind})
	}
	(*s)[i].entries = append((*s)[i].entries, e)
}

// usage returns the part of the usage line after the command's path.
func (c *Command) usage() string {
	parts := []string{}
	if len(c.Options()) > 0 {
		parts = append(parts, "[OPTIONS]")
	}
	if len(c.Commands) > 0 {
		return strings.Join(append(parts, "COMMAND [ARGS]..."), " ")
	}
	for _, a := range c.Args() {
		parts = append(parts, a.term())
	}
	return strings.Join(parts, " ")
}

func (a *Arg) term() string {
	term := strings.ToUpper(a.Name)
	if a.Repeated {
		term += "..."
	}
	if a.Optional {
		term = "[" + term + "]"
	}
	return term
}

// sections returns the sections of the command's help: arguments, subcommands by their groups, and options.
func (c *Command) sections() sections {
	var all sections
	for _, a := range c.Args() {
		all.add("Arguments", arguments, entry{a.Help, strings.ToUpper(a.Name)})
	}
	c.addCommands(&all)
	all = append(all, section{title: "Options", kind: options})
	named := c.byName()
	for _, o := range c.Options() {
		positive, isNegative := strings.CutPrefix(o.Long(), "--not-")
		if o.Hidden || isNegative && named["--"+positive] != nil { // its entry shows this one too
			continue
		}
		title := cmp.Or(o.Group, "Options")
		if o.owner.parent == nil && c.parent != nil {
			title = "Global options"
		}
		all.add(title, options, entry{o.Help, o.term(named)})
	}
	return slices.DeleteFunc(all, func(s section) bool { return len(s.entries) == 0 })
}

// addCommands adds the sections of subcommands.
func (c *Command) addCommands(all *sections) {
	for _, k := range c.Commands {
		if !k.Hidden {
			all.add(cmp.Or(k.Group, "Commands"), commands, entry{k.Help, strings.Join(append([]string{k.Name}, k.Aliases...), ", ")})
		}
	}
}

func (o *Option) term(named map[string]*Option) string {
	term := strings.Join(o.Names, ", ")
	if not := "--not-" + o.Long()[2:]; named[not] != nil {
		term += " / " + not
	}
	if o.Value != "" {
		term += " " + o.Value
	}
	return term
}

// WriteHelp writes the help text in lines of at most width columns, unless a word is longer.
func (c *Command) WriteHelp(w io.Writer, width int) {
	fmt.Fprintf(w, "Usage: %s\n", strings.TrimSpace(c.Path()+" "+c.usage()))
	for _, text := range []string{c.Help, c.Detail} {
		if text != "" {
			fmt.Fprintf(w, "\n%s", Wrap(text, 2, width))
		}
	}
	const widest = 28
	for _, s := range c.sections() {
		column := 0
		for _, e := range s.entries {
			if n := console.Columns(e.Term); n <= widest {
				column = max(column, n)
			}
		}
		fmt.Fprintf(w, "\n%s:\n", s.title)
		for _, e := range s.entries {
			help := Wrap(e.Help, column+4, width)
			if n := console.Columns(e.Term); n <= column {
				help = e.Term + strings.Repeat(" ", column+2-n) + strings.TrimLeft(help, " ")
			} else {
				help = e.Term + "\n" + help
			}
			fmt.Fprintf(w, "  %s\n", strings.TrimRight(help, " \n"))
		}
	}
}

// Wrap breaks a text into lines that are indented by margin blanks.
func Wrap(text string, margin, width int) string {
	var b strings.Builder
	for para := range strings.SplitSeq(text, "\n") {
		used := 0
		for word := range strings.FieldsSeq(para) {
			n := console.Columns(word)
			switch {
			case used == 0:
				b.WriteString(strings.Repeat(" ", margin))
				used = margin
			case used+1+n > width:
				b.WriteString("\n" + strings.Repeat(" ", margin))
				used = margin
			default:
				b.WriteByte(' ')
				used++
			}
			b.WriteString(word)
			used += n
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// WriteJSON writes the help as JSON: an object with usage (prog, args), help, options and commands (lists of term and help) and
// version.
func (c *Command) WriteJSON(w io.Writer, version string) error {
	help := struct {
		Usage struct {
			Prog string `json:"prog"`
			Args string `json:"args"`
		} `json:"usage"`
		Help     string  `json:"help"`
		Options  []entry `json:"options"`
		Commands []entry `json:"commands,omitempty"`
		Version  string  `json:"version"`
	}{Help: strings.TrimSpace(c.Help + "\n\n" + c.Detail), Options: []entry{}, Version: version}
	help.Usage.Prog, help.Usage.Args = c.Path(), c.usage()
	for _, s := range c.sections() {
		switch s.kind {
		case commands:
			help.Commands = append(help.Commands, s.entries...)
		case options:
			help.Options = append(help.Options, s.entries...)
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := e.Encode(help); err != nil {
		return fmt.Errorf("write help: %w", err)
	}
	return nil
}
