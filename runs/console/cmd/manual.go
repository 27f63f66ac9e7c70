package cmd

import (
	"guild/runs/console"
	"guild/runs/console/build"
	"guild/runs/console/grammar"
)

// Manual writes the manual pages.
type Manual struct {
	Dir     string `arg:"" help:"The directory, such as ~/.local/share/man/man1, where man finds them."  complete:"dir"`
	Replace bool   `help:"Replace pages that guild did not write, or that were changed since."`

	Build build.Info `kong:"-"`
}

// Run writes a page for each command of the program.
func (m *Manual) Run(c *console.Console, program *grammar.Command) error {
	n, err := program.WriteManual(m.Dir, m.Build, m.Replace)
	if err != nil {
		return err
	}
	c.Notef("Wrote %d page(s) to %s\n", n, m.Dir)
	return nil
}
