package cmd

import (
	"cmp"
	"fmt"
	"io"

	"guild/opdef/guildfile"
	"guild/opdef/project"
	"guild/runs/console"
	"guild/runs/words"
)

// begin writes what can be run in a directory without a guild.yml, and how to begin.
func begin(w io.Writer, p *project.Project) error {
	scripts, err := p.Scripts()
	if err != nil {
		return fmt.Errorf("look for scripts: %w", err)
	}
	fmt.Fprintf(w, "There is no %s in %s, and none is needed to run a script.\n\n", guildfile.Name, shownDir(p.Dir))
	if len(scripts) == 0 {
		fmt.Fprint(w, "SCRIPTS\n\n    There are none here. Go to a directory with one: a Python, shell or R script, a notebook, or any executable script.\n\n")
	} else {
		fmt.Fprint(w, "SCRIPTS\n\n")
		for _, name := range scripts {
			fmt.Fprintf(w, "    %s\n", console.Line(name))
		}
		fmt.Fprintln(w)
	}
	script := "train.py"
	if len(scripts) > 0 {
		script = words.Quote(scripts[0])
	}
	fmt.Fprint(w, "HOW TO BEGIN\n\n")
	indented(w, [][]string{
		{fmt.Sprintf("guild run %s --help-op", script), "show the flags that the script has"},
		{fmt.Sprintf("guild run %s NAME=VALUE", script), "run it with another value of a flag"},
		{fmt.Sprintf("guild run %s 'NAME=[1,2,3]'", script), "run it once for each value"},
		{fmt.Sprintf("guild run %s --stage", script), "stage a run for a scheduler"},
		{"guild runs", "list the runs"},
		{"guild help tutorial", "read more; 'guild help topics' lists all documents"},
		{"guild --help", "show all commands"},
	})
	fmt.Fprint(w, "\nSCHEDULERS, which start staged runs: 'guild run NAME'\n\n")
	var rows [][]string
	for _, op := range p.Schedulers() {
		rows = append(rows, []string{op.FullName(), cmp.Or(op.Description, op.Name)})
	}
	indented(w, rows)
	return nil
}

// indented writes rows of two cells, the second ones aligned.
func indented(w io.Writer, rows [][]string) {
	for i := range rows {
		rows[i][0] = "    " + rows[i][0]
	}
	(&console.Console{Out: w}).Table(rows)
}
