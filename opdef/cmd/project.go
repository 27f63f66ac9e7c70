package cmd

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"guild/opdef"
	"guild/opdef/schema"
	"guild/runs/console"
	"guild/runs/plainfile"
)

// noGuildfile is the error of a directory that has another file in the place of a guild.yml.
func noGuildfile() error {
	p, err := opdef.LoadProject(".")
	if err != nil || len(p.Warnings()) == 0 {
		return err
	}
	return errors.New(strings.Join(p.Warnings(), "; "))
}

// CheckProject is the part of `guild check` that is about the project.
type CheckProject struct {
	Schema bool `help:"Print the JSON schema of guild.yml, for editors, and check nothing."`
}

// Run examines the guild.yml of the current directory, if there is one: by the schema, as it is read to be run, and for what would be
// found out only when it is run.
func (c *CheckProject) Run(con *console.Console, projects Projects) error {
	text, err := plainfile.Read(opdef.GuildfileName)
	if errors.Is(err, os.ErrNotExist) {
		return noGuildfile()
	}
	if err != nil {
		return fmt.Errorf("read the project's operations: %w", err)
	}
	project, err := projects.LoadProject("")
	if err != nil {
		return err
	}
	found, err := schema.Validate(text)
	if err != nil {
		return err
	}
	for _, p := range found {
		con.Notef("%s:%d:%d: %s\n", opdef.GuildfileName, p.Line, p.Column, p.Text)
	}
	problems := project.Audit()
	for _, text := range problems {
		con.Notef("%s: %s\n", opdef.GuildfileName, text)
	}
	// What is ignored when an operation is run has been told by now, as a warning.
	problems = append(problems, project.Warnings()...)
	if len(found) == 0 && len(problems) > 0 {
		return fmt.Errorf("the project's %s has %d mistake(s); see above, and correct them there", opdef.GuildfileName, len(problems))
	}
	if len(found) > 0 {
		return console.WithHint(fmt.Errorf("the project's %s does not fit the schema", opdef.GuildfileName),
			"Try 'guild check --schema' for the schema.")
	}
	return nil
}
