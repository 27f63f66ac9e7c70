package listing

import (
	"guild/runs"
	"guild/runs/console"
)

// Confirm asks whether to go on, after it has written head and the runs below it. It asks nothing if yes is set.
func Confirm(c *console.Console, yes bool, head string, list []*runs.Run) (bool, error) {
	if yes {
		return true, nil
	}
	c.Printf("%s\n", head)
	Preview(c, list)
	return c.Confirm("Continue?", true)
}
