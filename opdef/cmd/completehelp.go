package cmd

import (
	"slices"

	"guild/runs/console/grammar"
	"guild/runs/console/handbook"
)

// Complete returns candidates for the subject of the help: commands and their subcommands, operations, scripts, topics, and directories.
func (c *Help) Complete(program *grammar.Command, book *handbook.Book, projects Projects, p *grammar.Point) []grammar.Candidate {
	var list []grammar.Candidate
	if command, ok := program.Find(p.Args...); ok {
		for _, k := range command.Commands {
			if !k.Hidden {
				list = append(list, grammar.Candidate{Text: k.Name, Help: k.Help})
			}
		}
	}
	if len(p.Args) > 0 {
		return p.Matching(list)
	}
	if project, err := projects.LoadProject(""); err == nil { // completion reports no errors
		list = slices.Concat(operationNames(project), builtins(), list)
	}
	list = append(list, grammar.Candidate{Text: topicsWord, Help: "List of all topics"})
	for _, page := range book.Pages() {
		list = append(list, grammar.Candidate{Text: page.Topic()})
	}
	return append(p.Matching(list), grammar.Files(".", p.Prefix(), scriptPatterns...)...)
}
