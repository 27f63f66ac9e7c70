package grammar

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"guild/runs/console/build"
	"guild/runs/made"
	"guild/runs/replace"
)

// WriteManual writes a manual page for each command (guild.1, guild-run.1, ...) to the directory dir, which it creates if necessary.
// The pages have the version and the date of the build. It returns the number of pages. Existing files that guild did not write are replaced only if replaceIt is true.
func (c *Command) WriteManual(dir string, from build.Info, replaceIt bool) (int, error) {
	pages := map[string]string{}
	c.manuals(from, pages)
	names := slices.Sorted(maps.Keys(pages))
	if !replaceIt {
		if err := made.Check(dir, names...); err != nil {
			return 0, fmt.Errorf("write manual pages: %w", err)
		}
	}
	for _, name := range names {
		if err := replace.Bytes(filepath.Join(dir, name), []byte(pages[name])); err != nil {
			return 0, fmt.Errorf("write manual pages: %w", err)
		}
	}
	record, err := made.In(dir)
	if err == nil {
		err = record.Add(names...)
	}
	if err != nil {
		return 0, fmt.Errorf("write manual pages: %w", err)
	}
	return len(names), nil
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
	line := func(text string) { b.WriteString(escape(text) + "\n") }
	fmt.Fprintf(&b, ".TH %q 1 %q %q\n", strings.ToUpper(c.page()), from.Date, "guild "+from.Version)
	macro("SH", "NAME")
	line(c.page() + " - " + strings.TrimSuffix(c.Help, "."))
	macro("SH", "SYNOPSIS")
	macro("B", escape(c.Path()))
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
			macro("B", escape(e.Term))
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

// escape escapes what troff would interpret: backslashes, minus signs, which would become hyphens, and dots and apostrophes at the start
// of a line.
func escape(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") {
			lines[i] = `\&` + l
		}
	}
	return strings.Join(lines, "\n")
}
