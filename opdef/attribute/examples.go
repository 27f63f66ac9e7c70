package attribute

import (
	"embed"
	"slices"
)

// examples are the examples of the reference page: Markdown with commands and their output. Tests run the page.
//
//go:embed examples
var examples embed.FS

// exampleGroup is an example that shows all attributes of some places. The page has it after the last of these places.
type exampleGroup struct {
	File   string
	Places []Place
}

// exampleGroups returns all examples, each in the order of its places on the page.
func exampleGroups() []exampleGroup {
	return []exampleGroup{
		{"examples/objects.md", []Place{Model, Config, Include, Package}},
		{"examples/operation.md", []Place{Operation}},
		{"examples/flag.md", []Place{Flag, Choice}},
		{"examples/step.md", []Place{Step, Check}},
		{"examples/source.md", []Place{Resource, Source, Rename}},
		{"examples/sourcecode.md", []Place{Sourcecode, Rule, FileKind}},
		{"examples/optimizer.md", []Place{Optimizer, Objective}},
		{"examples/publish.md", []Place{Publish}},
	}
}

// exampleAfter returns the file of the example after a place; empty if there is none.
func exampleAfter(p Place) string {
	for _, g := range exampleGroups() {
		if g.Places[len(g.Places)-1] == p {
			return g.File
		}
	}
	return ""
}

// shownIn returns the file of the example with the attributes of a place; empty if there is none.
func shownIn(p Place) string {
	for _, g := range exampleGroups() {
		if slices.Contains(g.Places, p) {
			return g.File
		}
	}
	return ""
}
