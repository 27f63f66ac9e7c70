package cmd

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"guild/opdef"
	"guild/runs/console"
)

// Models is `guild models`: it lists the models of the project.
type Models struct {
	Filter  []string `arg:"" optional:"" help:"Parts of names or descriptions; models that have them all are listed." complete:"model"`
	All     bool     `short:"a" help:"List models whose names begin with _ too."`
	Verbose bool     `short:"v" help:"With their operations."`
	JSON    bool     `name:"json" help:"As a JSON list of objects: name, description, default (whether it is the project's), operations (their names, without the model)."`
}

// model is the JSON form of a model. Programs depend on it.
type model struct {
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Default     bool     `json:"default"`
	Operations  []string `json:"operations"`
}

// Run lists the models on w. Operations without a model are not listed.
func (c *Models) Run(w io.Writer, projects Projects) error {
	p, err := projects.LoadWhole("")
	if err != nil {
		return err
	}
	models, rows := []model{}, [][]string{}
	for _, m := range slices.SortedFunc(slices.Values(p.Models), func(a, b *opdef.Model) int { return cmp.Compare(a.Name, b.Name) }) {
		if m.Name == "" || !c.All && strings.HasPrefix(m.Name, "_") || !hasAll(m.Name+"\n"+m.Description, c.Filter) {
			continue
		}
		ops := []string{}
		for _, op := range m.Operations {
			ops = append(ops, op.Name)
		}
		models = append(models, model{m.Name, m.Description, m.Default, ops})
		rows = append(rows, []string{m.Name, m.Description})
	}
	if c.JSON {
		return console.WriteJSON(w, models)
	}
	for i := range rows {
		if !c.Verbose {
			describeAll(w, rows)
			break
		}
		describeAll(w, rows[i:i+1])
		fmt.Fprintf(w, "  operations: %s\n", strings.Join(models[i].Operations, ", "))
	}
	return nil
}
