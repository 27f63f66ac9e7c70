package project

import (
	"fmt"
	"slices"
	"strings"

	"guild/opdef"
)

// refuseCircles marks as not to be run the operations whose steps lead into a circle: each of their runs would start another one,
// without end. Steps whose operation a flag names are not followed; see proc's limit of the depth of runs for these.
func (p *Project) refuseCircles() {
	c := circles{project: p, ops: p.Operations(), clear: map[*opdef.Operation]bool{}}
	for _, op := range c.ops {
		if len(op.Steps) == 0 || len(op.Errors()) > 0 {
			continue
		}
		if circle := c.from(op, nil); circle != nil {
			op.Fail(c.refusal(op, circle))
		}
	}
}

// circles looks for circles of steps.
type circles struct {
	project *Project
	ops     []*opdef.Operation
	clear   map[*opdef.Operation]bool // no circle begins there
}

// from returns the operations of a circle that the steps of an operation lead to, nil where there is none. chain is how the
// operation was come to.
func (c *circles) from(op *opdef.Operation, chain []*opdef.Operation) []*opdef.Operation {
	if i := slices.Index(chain, op); i >= 0 {
		return chain[i:]
	}
	if c.clear[op] {
		return nil
	}
	chain = append(chain[:len(chain):len(chain)], op)
	for i := range op.Steps {
		if next := c.stepOf(op, i); next != nil {
			if circle := c.from(next, chain); circle != nil {
				return circle
			}
		}
	}
	c.clear[op] = true
	return nil
}

// stepOf is the operation of the guild.yml that a step runs, nil for anything else.
func (c *circles) stepOf(op *opdef.Operation, i int) *opdef.Operation {
	spec := op.Steps[i].OpSpec
	if strings.Contains(spec, "${") {
		return nil
	}
	if next := c.project.exact(spec, c.ops); next != nil {
		return next
	}
	next, err := c.project.Find(spec) // a script, or an operation by a part of its name
	if err != nil || !slices.Contains(c.ops, next) {
		return nil
	}
	return next
}

// refusal names the circle, at the steps that lead to it.
func (c *circles) refusal(op *opdef.Operation, circle []*opdef.Operation) error {
	names := fullNames(append(circle[:len(circle):len(circle)], circle[0]))
	return &opdef.FileError{Place: op.StepsAt, Msg: fmt.Sprintf("operation '%s': its steps go in a circle: %s; take one of these steps away", op.FullName(),
		strings.Join(names, " -> "))}
}
