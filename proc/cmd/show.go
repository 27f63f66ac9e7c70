package cmd

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"guild/opdef"
	opdefcmd "guild/opdef/cmd"
	"guild/opdef/flagvalue"
	"guild/opdef/help"
	"guild/proc/newrun"
	runscmd "guild/runs/cmd"
	"guild/runs/console"
	"guild/runs/pyyaml"
	"guild/runs/words"
)

// printProcess prints the command or the environment that a run would have, with one variable per line. For a batch it prints those of the
// batch and of each trial.
func (c *Run) printProcess(ctx context.Context, con *console.Console, q *newrun.Request, home string) error {
	all, unknown := q.Requests()
	var secrets []string // of the trials too, since the batch inherits them
	for _, q := range all {
		secrets = append(secrets, q.Op.EnvSecrets...)
	}
	for _, q := range all {
		argv, env, err := q.Process(ctx, home, secrets)
		if err != nil {
			return err
		}
		c.printBuilt(con, argv, env)
	}
	return unknown
}

// printBuilt prints a command or its environment, as the options ask.
func (c *Run) printBuilt(con *console.Console, argv, env []string) {
	if c.PrintCmd {
		con.Printf("%s\n", words.Join(argv))
	}
	if c.PrintEnv {
		con.Printf("%s\n", strings.Join(env, "\n"))
	}
}

// editFlags lets the user change the values of flags in an editor, as YAML. It returns all values, and those that were edited.
func editFlags(con *console.Console, op *opdef.Operation, vals opdef.Values, force bool) (all, edited opdef.Values, err error) {
	shown := map[string]any{}
	for name, v := range vals {
		if s, ok := v.(flagvalue.SearchSpace); ok {
			v = string(s)
		}
		shown[name] = v
	}
	text, err := pyyaml.Encode(shown)
	if err != nil {
		return nil, nil, fmt.Errorf("edit flags: %w", err)
	}
	changed, err := con.Edit("flags.yml", string(text))
	if err != nil {
		return nil, nil, fmt.Errorf("%w, so nothing is run", err)
	}
	data, err := pyyaml.Decode([]byte(changed))
	if err != nil {
		return nil, nil, fmt.Errorf("edit flags: %w", err)
	}
	lines, ok := data.(map[string]any)
	if !ok && data != nil {
		return nil, nil, fmt.Errorf("edit flags: write each flag on a line of its own, as in 'x: 1'")
	}
	assigned := make([]string, 0, len(lines))
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		text := flagvalue.Format(lines[name])
		if s, ok := lines[name].(string); ok {
			if space, ok := flagvalue.ParseSearchSpace(s); ok && vals[name] != any(s) { // a string that looks like a search space stays a string
				text = string(space)
			}
		}
		assigned = append(assigned, name+"="+text)
	}
	return op.ReadInput(opdef.Input{Assign: assigned, Force: force})
}

func (c *Run) describeModel(user *opdefcmd.User, con *console.Console) error {
	project, err := user.LoadProject("")
	if err != nil {
		return err
	}
	op, err := project.Find(c.Operation)
	if err != nil {
		return err
	}
	m := project.Model(op)
	if m == nil {
		return fmt.Errorf("operation '%s' belongs to no model", op.FullName())
	}
	help.Model(console.Escaping(con.Out), m)
	return nil
}

// editComments lets the user write the comments that are to be edited.
func (c *Run) editComments(con *console.Console) error {
	for _, e := range []struct {
		wanted bool
		text   *string
	}{{c.EditComment, &c.Comment}, {c.EditBatchComment, &c.BatchComment}} {
		if !e.wanted {
			continue
		}
		text, err := runscmd.EditComment(con, *e.text, nil)
		if err != nil {
			return fmt.Errorf("%w, so nothing is run", err)
		}
		if *e.text = strings.TrimSpace(text); *e.text == "" {
			return fmt.Errorf("the comment is empty, so nothing is run")
		}
	}
	return nil
}
