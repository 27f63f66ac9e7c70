package project

import (
	"fmt"
	"slices"
	"strings"

	"guild/opdef"
)

// refuseCircles fails operations whose steps lead back to themselves: their runs would start each other without end. Steps whose
// operation depends on a flag are not followed; for these, package proc limits the depth of runs.
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

// circles looks for operations whose steps lead back to themselves.
type circles struct {
	project *Project
	ops     []*opdef.Operation
	clear   map[*opdef.Operation]bool // operations that lead to no circle
}

// from returns the operations of a circle that the steps of an operation lead to, or nil. chain holds the operations that led to this
// one.
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

// stepOf returns the operation of the guild.yml that a step runs, or nil if it runs another one.
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

// refusal returns the error of a circle, at the place of the steps that lead to it.
func (c *circles) refusal(op *opdef.Operation, circle []*opdef.Operation) error {
	names := fullNames(append(circle[:len(circle):len(circle)], circle[0]))
	return &opdef.FileError{Place: op.StepsAt, Msg: fmt.Sprintf("operation '%s': its steps go in a circle: %s; take one of these steps away", op.FullName(),
		strings.Join(names, " -> "))}
}
