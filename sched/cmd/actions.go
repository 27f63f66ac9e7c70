package cmd

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	proccmd "guild/proc/cmd"
	"guild/runs/catalog"
	runscmd "guild/runs/cmd"
	"guild/runs/console"
	"guild/sched/web"
)

// actions returns a function that carries out actions of the dashboard by running the commands of the same names. The commands do not ask
// for confirmation, since the page has asked already.
func actions(c *catalog.Catalog) func(context.Context, web.Action) (string, error) {
	return func(ctx context.Context, a web.Action) (string, error) {
		var output bytes.Buffer
		con := &console.Console{In: strings.NewReader(""), Out: &output, Err: &output, Ctx: ctx}
		err := runAction(ctx, con, c, a)
		return output.String(), err
	}
}

func runAction(ctx context.Context, con *console.Console, c *catalog.Catalog, a web.Action) error {
	chosen := runscmd.Latest{Specs: a.Runs, Yes: true}
	switch a.Do {
	case "stop":
		return (&proccmd.Stop{Runs: a.Runs, Yes: true, NoWait: true}).Run(ctx, c, con)
	case "restage":
		return (&Restage{Runs: a.Runs, Yes: true}).Run(con, c)
	case "label":
		return (&runscmd.RunsLabel{Latest: chosen, Set: a.Value, Clear: a.Value == ""}).Run(con, c)
	case "tag":
		return (&runscmd.RunsTag{Latest: chosen, Add: []string{a.Value}}).Run(con, c)
	case "untag":
		return (&runscmd.RunsTag{Latest: chosen, Delete: []string{a.Value}}).Run(con, c)
	case "comment":
		return (&runscmd.RunsComment{Latest: chosen, Add: a.Value}).Run(con, c)
	case "mark", "unmark":
		return (&runscmd.RunsMark{Specs: a.Runs, Clear: a.Do == "unmark", Yes: true}).Run(con, c)
	case "trash":
		return (&runscmd.RunsDelete{Specs: a.Runs, Yes: true}).Run(ctx, con, c)
	}
	return fmt.Errorf("%q is no action", a.Do)
}
