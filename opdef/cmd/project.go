package cmd

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"guild/opdef/guildfile"
	"guild/opdef/project"
	"guild/runs/console"
)

// noGuildfile is the error of a directory with a file that was probably meant to be a guild.yml.
func noGuildfile() error {
	p, err := project.Load(".")
	if err != nil || len(p.Warnings()) == 0 {
		return err
	}
	return errors.New(strings.Join(p.Warnings(), "; "))
}

// CheckProject is the part of `guild check` that checks the project.
type CheckProject struct {
	Schema bool `help:"Print the JSON schema of guild.yml, for editors, and check nothing."`
}

// Run examines the guild.yml of the current directory, if there is one. Every fault in it is an error, including those that other commands
// only warn about.
func (c *CheckProject) Run(con *console.Console) error {
	if _, err := os.Lstat(guildfile.Name); os.IsNotExist(err) {
		return noGuildfile()
	}
	project, err := project.Load(".")
	if err != nil {
		return err
	}
	found := project.Check()
	for _, err := range found {
		con.Notef("%v\n", err)
	}
	if len(found) > 0 {
		return fmt.Errorf("the project's %s has %d mistake(s); see above, and correct them there", guildfile.Name, len(found))
	}
	return nil
}
