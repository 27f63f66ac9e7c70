package grammar

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// WriteManual writes a manual page for each command, guild.1, guild-run.1 and so on, to the directory dir, which is made where it
// is not there. It returns how many there are.
func (c *Command) WriteManual(dir, version string) (int, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return 0, fmt.Errorf("write manual pages: %w", err)
	}
	return c.writeManual(dir, version)
}

func (c *Command) writeManual(dir, version string) (int, error) {
	if c.Hidden {
		return 0, nil
	}
	if err := os.WriteFile(filepath.Join(dir, c.page()+".1"), []byte(c.manual(version)), 0o666); err != nil {
		return 0, fmt.Errorf("write manual pages: %w", err)
	}
	pages := 1
	for _, k := range c.Commands {
		n, err := k.writeManual(dir, version)
		if err != nil {
			return pages, err
		}
		pages += n
	}
	return pages, nil
}

func (c *Command) page() string { return strings.ReplaceAll(c.Path(), " ", "-") }

// manual is the page in the language of troff's man macros.
func (c *Command) manual(version string) string {
	var b strings.Builder
	macro := func(name, text string) { fmt.Fprintf(&b, ".%s %s\n", name, text) }
	line := func(text string) { b.WriteString(escape(text) + "\n") }
	fmt.Fprintf(&b, ".TH %q 1 \"\" %q\n", strings.ToUpper(c.page()), "guild "+version)
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

// escape keeps troff from taking text for its own: backslashes, minus signs, which would become hyphens, and dots and
// apostrophes at the start of lines.
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
