package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"guild/opdef"
	"guild/opdef/program"
	"guild/opdef/python"
	"guild/runs/console"
	"guild/runs/pattern"
	"guild/runs/plainfile"
)

// sourceReader reads flags for runs that do not start here, such as staged ones. If a script fails when it is run to read its flags,
// for example because this host lacks a package, the flags are taken from its source, with a warning.
type sourceReader struct {
	opdef.FlagReader
	warn       func(text string)
	warned     map[string]bool
	incomplete bool // a script may have more flags than its source shows
}

// Interface returns how a script receives flags, see opdef.FlagReader.
func (r *sourceReader) Interface(ctx context.Context, s python.Script) (string, error) {
	dest, err := r.FlagReader.Interface(ctx, s)
	if errors.Is(err, python.ErrNone) {
		return r.withoutPython(s).Dest, nil
	}
	return dest, err
}

// Flags reads the flags of a script, see opdef.FlagReader.
func (r *sourceReader) Flags(ctx context.Context, s python.Script) (python.Detection, error) {
	det, failure := r.FlagReader.Flags(ctx, s)
	if errors.Is(failure, python.ErrNone) {
		return r.withoutPython(s), nil
	}
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
	r.warnOnce(fmt.Sprintf("%v; %s", failure, what))
	return det, nil
}

func (r *sourceReader) warnOnce(text string) {
	if !r.warned[text] {
		r.warned[text] = true
		r.warn(text)
	}
}

// takesOptions matches what is in the source of scripts that read their command line.
var takesOptions = pattern.Lazy(`(?m)^\s*(?:import|from)\s+(?:argparse|click|typer|fire|absl|docopt|configargparse|jsonargparse|tyro)\b|\bsys\.argv\b`)

// withoutPython returns what is known of a script on a host without Python: its flags are those that the user gives.
func (r *sourceReader) withoutPython(s python.Script) python.Detection {
	r.warnOnce(fmt.Sprintf("%v, so the flags of %s are not known, and all are accepted (--force-flags)", python.ErrNone, s.Name))
	r.incomplete = true
	det := python.Detection{Dest: cmp.Or(s.Dest, program.DestGlobals), Incomplete: true}
	if source, err := plainfile.Read(s.Path); s.Dest == "" && err == nil && takesOptions().Match(source) {
		det.Dest = program.DestArgs
	}
	return det
}

// flagReader returns the reader for the flags of the operation: a sourceReader if no run starts here.
func (c *Run) flagReader(user opdef.FlagReader, con *console.Console) opdef.FlagReader {
	if !c.startsElsewhere() && !c.asks() {
		return user
	}
	warn := func(text string) { con.Notef("WARNING: %s\n", text) }
	return &sourceReader{FlagReader: user, warn: warn, warned: map[string]bool{}}
}

// startsElsewhere reports whether the run is only staged: it may start on another host.
func (c *Run) startsElsewhere() bool { return c.Stage || c.StageTrials || c.Freeze != "" }

// acceptUnknown turns on --force-flags if the reader does not know all flags.
func (c *Run) acceptUnknown(r opdef.FlagReader) {
	if s, ok := r.(*sourceReader); ok && s.incomplete {
		c.ForceFlags = true
	}
}
