package grammar

import (
	"fmt"
	"strings"

	"guild/runs/console/build"
)

// Manual returns a manual page for each command by the name of its file: guild.1, guild-run.1, ... The pages have the version and the
// date of the build.
func (c *Command) Manual(from build.Info) map[string]string {
	pages := map[string]string{}
	c.manuals(from, pages)
	return pages
}

// manuals adds the pages of a command and its subcommands to pages, by file name.
func (c *Command) manuals(from build.Info, pages map[string]string) {
	if c.Hidden {
		return
	}
	pages[c.page()+".1"] = c.manual(from)
	for _, k := range c.Commands {
		k.manuals(from, pages)
	}
}

func (c *Command) page() string { return strings.ReplaceAll(c.Path(), " ", "-") }

// manual returns the page in troff with man macros.
func (c *Command) manual(from build.Info) string {
	var b strings.Builder
	macro := func(name, text string) { fmt.Fprintf(&b, ".%s %s\n", name, text) }
	line := func(text string) { b.WriteString(EscapeRoff(text) + "\n") }
	fmt.Fprintf(&b, ".TH %q 1 %q %q\n", strings.ToUpper(c.page()), from.Date, "guild "+from.Version)
	macro("SH", "NAME")
	line(c.page() + " - " + strings.TrimSuffix(c.Help, "."))
	macro("SH", "SYNOPSIS")
	macro("B", EscapeRoff(c.Path()))
	line(c.usage())
	macro("SH", "DESCRIPTION")
	line(c.Help)
	if c.Detail != "" {
		macro("PP", "")
		line(c.Detail)
	}
	for _, s := range c.sections() {
		macro("SH", strings.ToUpper(s.title))
		for _, e := range s.entries {
			macro("TP", "")
			macro("B", EscapeRoff(e.Term))
			line(e.Help)
		}
	}
	var see []string
	if c.parent != nil {
		see = append(see, c.parent.page()+"(1)")
	}
	for _, k := range c.Commands {
		if !k.Hidden {
			see = append(see, k.page()+"(1)")
		}
	}
	if len(see) > 0 {
		macro("SH", "SEE ALSO")
		line(strings.Join(see, ", "))
	}
	return b.String()
}

// EscapeRoff escapes what troff would interpret: backslashes, minus signs, which would become hyphens, and dots and apostrophes at the start
// of a line.
func EscapeRoff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") {
			lines[i] = `\&` + l
		}
	}
	return strings.Join(lines, "\n")
}
