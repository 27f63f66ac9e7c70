package cmd

import (
	"context"
	"fmt"
	"io"
	"strings"

	"guild/opdef"
)

// Help is `guild help`: the operations of a project with their flags.
type Help struct {
	Path string `arg:"" optional:"" help:"Project directory; by default the current one." complete:"dir"`
}

// Run describes the project on w. Scripts are asked for their flags by r; one that cannot be read is described by what the
// guild.yml says, with a remark.
func (c *Help) Run(ctx context.Context, w io.Writer, projects Projects, r opdef.FlagReader) error {
	p, err := projects.LoadProject(c.Path)
	if err != nil {
		return err
	}
	if p.File == "" {
		return fmt.Errorf("there is no %s in %s; 'guild --help' is about the commands, 'guild run SCRIPT --help-op' about a script",
			opdef.GuildfileName, p.Dir)
	}
	fmt.Fprintf(w, "Operations of %s\n\nRun one with 'guild run OPERATION [FLAG=VALUE]...'.\n", p.File)
	for _, op := range p.Operations() {
		if op.IsPrivate() {
			continue
		}
		importErr := op.ImportFlags(ctx, r)
		if ctx.Err() != nil {
			return importErr
		}
		describe(w, op, importErr)
	}
	return nil
}

func describe(w io.Writer, op *opdef.Operation, importErr error) {
	fmt.Fprintf(w, "\n%s", op.FullName())
	if op.Default {
		fmt.Fprint(w, " (default)")
	}
	fmt.Fprintln(w)
	if op.Description != "" {
		fmt.Fprintln(w, "  "+strings.ReplaceAll(strings.ReplaceAll(op.Description, "\n", "\n  "), "\n  \n", "\n\n"))
	}
	if importErr != nil {
		fmt.Fprintf(w, "  Note: %v\n", importErr)
	}
	if len(op.Flags) > 0 {
		fmt.Fprintln(w, "  Flags:")
		opdef.WriteFlags(w, op.Flags, "    ")
	}
}
