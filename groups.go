package main

import (
	"cmp"
	"slices"

	"guild/runs/console/grammar"
)

// commandGroups groups the commands by the tasks of users, in the order of the help. A command without a group is listed under the general
// heading, after all others; a test finds it.
var commandGroups = []struct {
	title string
	names []string
}{
	{"Run", []string{"run", "stop", "restage", "operations", "models"}},
	{"Look at runs", []string{"runs", "ls", "cat", "watch", "open", "select", "top", "view", "tensorboard"}},
	{"Compare runs", []string{"compare", "diff", "scalars"}},
	{"Say what runs are for", []string{"label", "tag", "comment", "mark", "unmark"}},
	{"Move and publish runs", []string{"export", "import", "archive", "merge", "publish"}},
	{"Schedulers", []string{"schedulers", "explain", "pause", "resume"}},
	{"Learn and set up", []string{"help", "check", "completion", "man", "python", "download"}},
	{"For programs and tests", []string{"api", "doctest"}},
}

// grouped sets the group of each command and returns them in the order of their groups.
func grouped(commands []*grammar.Command) []*grammar.Command {
	place := map[string]int{}
	title := map[string]string{}
	for _, g := range commandGroups {
		for _, name := range g.names {
			place[name] = len(place) + 1
			title[name] = g.title
		}
	}
	for _, c := range commands {
		c.Group = title[c.Name]
	}
	last := len(place) + 1
	slices.SortStableFunc(commands, func(a, b *grammar.Command) int {
		return cmp.Compare(cmp.Or(place[a.Name], last), cmp.Or(place[b.Name], last))
	})
	return commands
}
