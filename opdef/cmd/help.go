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
	"guild/runs/console"
)

// Help is `guild help`: the operations of a project with their flags.
type Help struct {
	Path string `arg:"" optional:"" help:"Project directory; by default the current one." complete:"dir"`
}

// Run describes the project on w. Scripts are asked for their flags by r; one that cannot be read is described by what the
// guild.yml says, with a remark.
func (c *Help) Run(ctx context.Context, w io.Writer, projects Projects, r opdef.FlagReader) error {
	p, err := projects.LoadWhole(c.Path)
	if err != nil {
		return err
	}
	if p.File == "" {
		return console.WithHint(fmt.Errorf("there is no %s in %s", opdef.GuildfileName, p.Dir),
			"Try 'guild --help' for the commands, or 'guild run SCRIPT --help-op' for a script.")
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

// shownDir names a directory as seen from the current one.
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

// operations describes those of a model that are not private.
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
			opdef.WriteFlags(h, op.Flags, indent+"  ")
		}
	}
	return nil
}
