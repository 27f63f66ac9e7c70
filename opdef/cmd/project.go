package cmd

import (
	"errors"
	"fmt"
	"os"

	"guild/opdef"
	"guild/opdef/schema"
	"guild/runs/console"
	"guild/runs/plainfile"
)

// CheckProject is the part of `guild check` that is about the project.
type CheckProject struct {
	Schema bool `help:"Print the JSON schema of guild.yml, for editors, and check nothing."`
}

// Run examines the guild.yml of the current directory, if there is one: by the schema, and as it is read to be run.
func (c *CheckProject) Run(con *console.Console, projects Projects) error {
	text, err := plainfile.Read(opdef.GuildfileName)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the project's operations: %w", err)
	}
	if _, err := projects.LoadProject(""); err != nil {
		return err
	}
	found, err := schema.Validate(text)
	if err != nil {
		return err
	}
	for _, p := range found {
		con.Notef("%s:%d:%d: %s\n", opdef.GuildfileName, p.Line, p.Column, p.Text)
	}
	if len(found) > 0 {
		return console.WithHint(fmt.Errorf("the project's %s does not fit the schema", opdef.GuildfileName),
			"Try 'guild check --schema' for the schema.")
	}
	return nil
}
