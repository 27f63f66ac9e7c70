package cmd

import (
	"context"
	"errors"
	"fmt"

	"guild/opdef"
	"guild/opdef/python"
	"guild/runs/console"
)

// sourceReader reads flags for runs that do not start here, such as staged ones. If a script fails when it is run to read its flags,
// for example because this host lacks a package, the flags are taken from its source, with a warning.
type sourceReader struct {
	opdef.FlagReader
	warn       func(text string)
	warned     map[string]bool
	incomplete bool // a script may have other flags than its source tells
}

// Flags reads the flags of a script, see opdef.FlagReader.
func (r *sourceReader) Flags(ctx context.Context, s python.Script) (python.Detection, error) {
	det, failure := r.FlagReader.Flags(ctx, s)
	var broken *python.ScriptError
	if !errors.As(failure, &broken) || broken.Kind == "SyntaxError" {
		return det, failure
	}
	det, err := r.Written(ctx, s)
	if err != nil {
		return python.Detection{}, failure
	}
	what := "its source has them all"
	if det.Incomplete {
		what = "it may have others than its source tells, and all are accepted (--force-flags)"
		r.incomplete = true
	}
	if text := fmt.Sprintf("%v; %s", failure, what); !r.warned[text] {
		r.warned[text] = true
		r.warn(text)
	}
	return det, nil
}

// flagReader returns the reader for the flags of the operation: a sourceReader if the run is only staged or described.
func (c *Run) flagReader(user opdef.FlagReader, con *console.Console) opdef.FlagReader {
	if !c.Stage && !c.StageTrials && !c.HelpOp && c.Freeze == "" {
		return user
	}
	warn := func(text string) { con.Notef("WARNING: %s\n", text) }
	return &sourceReader{FlagReader: user, warn: warn, warned: map[string]bool{}}
}

// acceptUnknown turns on --force-flags if the reader does not know all flags.
func (c *Run) acceptUnknown(r opdef.FlagReader) {
	if s, ok := r.(*sourceReader); ok && s.incomplete {
		c.ForceFlags = true
	}
}
