package cmd

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"guild/runs/console"
	"guild/runs/console/build"
	"guild/runs/console/grammar"
	"guild/runs/console/handbook"
	"guild/runs/made"
)

// Manual writes the manual pages.
type Manual struct {
	Dir     string `arg:"" help:"The directory, such as ~/.local/share/man/man1, where man finds them. If it is named man1, pages of the sections 5 and 7 go to man5 and man7 beside it."  complete:"dir"`
	Replace bool   `help:"Replace pages that guild did not write, or that were changed since."`

	Build build.Info `kong:"-"`
}

// Run writes a page for each command of the program, and one for each topic of the handbook.
func (m *Manual) Run(c *console.Console, program *grammar.Command, book *handbook.Book) error {
	pages := program.Manual(m.Build)
	topics, err := book.Manual(m.Build)
	if err != nil {
		return err
	}
	maps.Copy(pages, topics)
	byDir := map[string]map[string]string{}
	for name, text := range pages {
		dir := m.dirOf(name)
		if byDir[dir] == nil {
			byDir[dir] = map[string]string{}
		}
		byDir[dir][name] = text
	}
	for _, dir := range slices.Sorted(maps.Keys(byDir)) {
		if err := made.Write(dir, byDir[dir], m.Replace); err != nil {
			return fmt.Errorf("write manual pages: %w", err)
		}
		c.Notef("Wrote %d page(s) to %s\n", len(byDir[dir]), dir)
	}
	return nil
}

// dirOf returns the directory for a page, by its section.
func (m *Manual) dirOf(page string) string {
	dir := filepath.Clean(m.Dir)
	if filepath.Base(dir) != "man1" {
		return dir
	}
	return filepath.Join(filepath.Dir(dir), "man"+filepath.Ext(page)[1:])
}
