package cmd

import (
	"context"
	"errors"

	"guild/runs/catalog"
	runscmd "guild/runs/cmd"
	"guild/runs/console"
	"guild/runs/console/screen"
	"guild/sched/top"
)

// Top shows schedulers and runs on the whole screen of a terminal.
type Top struct{}

// Run shows them until the user quits.
func (*Top) Run(ctx context.Context, con *console.Console, c *catalog.Catalog) error {
	in, out, ok := con.Terminals()
	if !ok {
		return errors.New("'guild top' needs a terminal: 'guild runs' lists the runs and 'guild watch' follows the output of one, without it")
	}
	if _, err := c.IDs(); err != nil { // an error is printed before the screen changes
		return err
	}
	quiet := c.Fresh() // does not print progress across the screen
	reader := top.NewReader(quiet)
	defer reader.Close()
	return screen.Run(ctx, in, out, top.NewProgram(ctx, reader, top.Actions{
		Act:      actions(quiet),
		Describe: runscmd.InfoText,
	}))
}
