package cmd

import (
	"slices"

	"guild/runs/console"
	"guild/runs/console/grammar"
)

// Values completes values that the grammar does not know, such as runs and operations. command is the struct of the command at the
// point, with the fields that the words before it set.
type Values interface {
	Values(p *grammar.Point, command any) ([]grammar.Candidate, error)
}

// Complete answers the request of a shell for completions. The completion scripts in package grammar call it.
type Complete struct {
	Words []string `arg:"" passthrough:"" name:"word" help:"The question, see the scripts."`
}

// Run prints the completions.
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
