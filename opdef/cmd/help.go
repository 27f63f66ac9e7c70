package cmd

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guild/opdef"
	"guild/opdef/guildfile"
	"guild/opdef/help"
	"guild/runs/console"
	"guild/runs/console/grammar"
	"guild/runs/console/handbook"
	"guild/runs/made"
)

// Help is `guild help`: the operations of a project with their flags, one operation, a command, or a page of the handbook.
type Help struct {
	Words []string `arg:"" optional:"" name:"subject" help:"A project directory, an operation, the words of a command, or a topic, such as tutorial. 'guild help topics' lists the topics. Default: the project in the current directory." complete:"subject"`

	HTML    string `name:"html" placeholder:"DIR" help:"Write all topics to DIR as pages for a browser, and begin with its index.html." complete:"dir"`
	Replace bool   `help:"Replace files in DIR that guild did not write, or that were changed since."`
}

// topicsWord lists the topics.
const topicsWord = "topics"

// Run writes the help for the words to w; without words, for the project in the current directory. It reads the flags of scripts with r; if
// that fails, the help shows those of the guild.yml, with a remark.
func (c *Help) Run(ctx context.Context, w io.Writer, con *console.Console, program *grammar.Command, projects Projects, r opdef.FlagReader,
	book *handbook.Book) error {
	if c.HTML != "" {
		return c.html(con, book)
	}
	if len(c.Words) == 0 {
		return c.project(ctx, w, projects, r, "")
	}
	if _, err := os.Stat(filepath.Join(c.Words[0], guildfile.Name)); err == nil && len(c.Words) == 1 {
		return c.project(ctx, w, projects, r, c.Words[0])
	}
	if command, ok := program.Find(c.Words...); ok {
		command.WriteHelp(w, min(helpWidth, con.Width()))
		return nil
	}
	err := c.subject(ctx, w, projects, r)
	if err == nil || len(c.Words) > 1 || ctx.Err() != nil {
		return err
	}
	// An operation of the project has precedence over a topic of the same name. Faults of the project do not keep a topic from being shown.
	if c.Words[0] == topicsWord {
		return book.WriteTopics(con)
	}
	if page, ok := book.Find(c.Words[0]); ok {
		return book.WriteText(w, page, min(helpWidth, con.Width()))
	}
	return err
}

// html writes the pages of the handbook.
func (c *Help) html(con *console.Console, book *handbook.Book) error {
	if len(c.Words) > 0 {
		return fmt.Errorf("--html writes all topics: leave out '%s'", strings.Join(c.Words, " "))
	}
	files, err := book.Site()
	if err == nil {
		err = made.Write(c.HTML, files, c.Replace)
	}
	if err != nil {
		return fmt.Errorf("write the pages: %w", err)
	}
	con.Notef("Wrote %d file(s): open %s in a browser\n", len(files), filepath.Join(c.HTML, "index.html"))
	return nil
}

// helpWidth is the most characters in a line of help.
const helpWidth = 100

// subject writes the help for an operation, or for the project in a directory.
func (c *Help) subject(ctx context.Context, w io.Writer, projects Projects, r opdef.FlagReader) error {
	word := c.Words[0]
	if st, err := os.Stat(word); err == nil && st.IsDir() && len(c.Words) == 1 {
		return c.project(ctx, w, projects, r, word)
	}
	p, err := projects.LoadProject("")
	if err != nil {
		return err
	}
	op, err := p.Find(word)
	if err != nil || len(c.Words) > 1 {
		return console.WithHint(fmt.Errorf("'%s' is no command, operation, topic or project directory", strings.Join(c.Words, " ")),
			"Try 'guild --help' for the commands, 'guild operations' for the operations, or 'guild help topics' for the topics.")
	}
	if err := op.ImportFlags(ctx, r); err != nil {
		return err
	}
	help.Operation(w, op)
	return nil
}

// project writes the help for the project in a directory; empty is the current one.
func (c *Help) project(ctx context.Context, w io.Writer, projects Projects, r opdef.FlagReader, dir string) error {
	p, err := projects.LoadWhole(dir)
	if err != nil {
		return err
	}
	if p.File == "" {
		return begin(w, p)
	}
	h := helpWriter{w, ctx, r}
	fmt.Fprintf(w, "OVERVIEW\n\n    These are the operations of %s.\n\n    Run one with 'guild run [MODEL:]OPERATION [FLAG=VALUE]...'.\n",
		shownDir(p.Dir))
	named := false
	models := slices.SortedFunc(slices.Values(p.Models), func(a, b *opdef.Model) int { return cmp.Compare(a.Name, b.Name) })
	for _, m := range models {
		if m.Name == "" {
			fmt.Fprint(w, "\nBASE OPERATIONS\n")
			if err := h.operations(m, "    "); err != nil {
				return err
			}
		}
		named = named || m.Name != ""
	}
	if !named {
		return nil
	}
	fmt.Fprint(w, "\nMODELS\n")
	for _, m := range models {
		if m.Name == "" {
			continue
		}
		h.text("\n"+m.Name, "    ")
		h.text(m.Description, "      ")
		fmt.Fprint(w, "\n      Operations:\n")
		if err := h.operations(m, "        "); err != nil {
			return err
		}
	}
	return nil
}

// shownDir returns a directory relative to the current one.
func shownDir(dir string) string {
	cwd, err := os.Getwd()
	if err != nil {
		return dir
	}
	rel, err := filepath.Rel(cwd, dir)
	switch {
	case err != nil:
		return dir
	case rel == ".":
		return "the current directory"
	}
	return "'" + rel + "'"
}

type helpWriter struct {
	io.Writer
	ctx    context.Context
	reader opdef.FlagReader
}

// text writes the lines of a text after the indent.
func (h helpWriter) text(text, indent string) {
	for line := range strings.Lines(text) {
		if line != "\n" {
			line = indent + line
		}
		fmt.Fprint(h, line)
	}
	if text != "" {
		fmt.Fprintln(h)
	}
}

// operations writes the help for the operations of a model that are not private.
func (h helpWriter) operations(m *opdef.Model, indent string) error {
	for _, op := range m.Operations {
		if op.IsPrivate() {
			continue
		}
		importErr := op.ImportFlags(h.ctx, h.reader)
		if h.ctx.Err() != nil {
			return importErr
		}
		name := op.Name
		if op.Default {
			name += " (default)"
		}
		h.text("\n"+name, indent)
		indent := indent + "  "
		h.text(op.Description, indent)
		if importErr != nil {
			h.text(fmt.Sprintf("Note: %v", importErr), indent)
		}
		if len(op.Flags) > 0 {
			if op.Description != "" {
				fmt.Fprintln(h)
			}
			h.text("Flags:", indent)
			help.WriteFlags(h, op.Flags, indent+"  ")
		}
	}
	return nil
}
