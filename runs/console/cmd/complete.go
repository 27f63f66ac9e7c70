package cmd

import (
	"slices"

	"guild/runs/console"
	"guild/runs/console/grammar"
)

// Values knows what the value at a point may become where one has to know runs, operations and the like. The command is the struct of
// the command at the point, filled in with the words before it.
type Values interface {
	Values(p *grammar.Point, command any) ([]grammar.Candidate, error)
}

// Complete answers a shell that asks what a word may become. The scripts of the package grammar call it.
type Complete struct {
	Words []string `arg:"" passthrough:"" name:"word" help:"The question, see the scripts."`
}

// Run answers.
func (k *Complete) Run(c *console.Console, program *grammar.Command, values Values) error {
	q, err := grammar.ReadQuestion(k.Words)
	if err != nil {
		return err
	}
	point := program.Locate(q.Words)
	command, err := point.Fill()
	if err != nil {
		return err
	}
	known, err := values.Values(&point, command)
	if err != nil {
		return err
	}
	c.Printf("%s", q.Answer(point, slices.Concat(point.Candidates(), known)))
	return nil
}
