package opdef

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"guild/opdef/flagvalue"
	"guild/opdef/program"
	"guild/opdef/python"
	"guild/runs/console"
)

// FlagReader reads the flags of Python scripts. python.Reader implements it.
type FlagReader interface {
	// Interface returns how the script receives flags, "args" or "globals", from its source alone.
	Interface(ctx context.Context, s python.Script) (string, error)
	// Flags reads the flags. It may run the script up to the point where it parses its arguments.
	Flags(ctx context.Context, s python.Script) (python.Detection, error)
	// Written reads the flags from the source of a script that cannot be run here.
	Written(ctx context.Context, s python.Script) (python.Detection, error)
}

// ImportFlags adds the flags of a Python script to those that the operation defines, as flags-import says, and sets FlagsDest if the
// definition does not. If flags go to a config file, the values of the file are the flags. Operations that run no Python keep their
// flags. The error of a script that cannot be read is a *python.ScriptError; FlagsDest is set even then.
func (op *Operation) ImportFlags(ctx context.Context, r FlagReader) error {
	file := program.DestFile(op.FlagsDest)
	switch {
	case file != "":
		return op.importConfig(file)
	case op.notebook != nil:
		return op.importNotebook(ctx, r)
	case op.document != "":
		return op.importParams()
	case op.rScript != "":
		return op.importR()
	}
	if op.Main == "" {
		op.FlagsDest = cmp.Or(op.FlagsDest, program.DestArgs)
		return nil
	}
	m := op.Python()
	if m.IsPass() {
		op.FlagsDest = cmp.Or(op.FlagsDest, program.DestGlobals)
		return nil
	}
	mode := op.FlagsImport.Mode
	if m.Script == "" || mode == ImportNone || op.FlagsDest == program.DestNone {
		op.FlagsDest = cmp.Or(op.FlagsDest, program.DestArgs)
		if m.Script == "" && (mode == ImportAll || mode == ImportNamed) {
			return fmt.Errorf("operation '%s' imports flags of '%s', but %s has no such module; correct main or set 'flags-import: no'",
				op.FullName(), op.Main, op.SourceDir())
		}
		return nil
	}
	if mode == ImportDefined && len(op.Flags) == 0 {
		if op.FlagsDest == "" {
			dest, err := r.Interface(ctx, op.target(m, ""))
			if program.DestFile(dest) != "" {
				dest = program.DestGlobals // without flags, no config file is needed
			}
			op.FlagsDest = cmp.Or(dest, program.DestArgs)
			if err != nil && ctx.Err() != nil {
				return err
			}
		}
		return nil // the error of a script that cannot be read shows when it is run
	}
	op.defined = cloneFlags(op.Flags)
	det, err := r.Flags(ctx, op.target(m, op.FlagsDest))
	return op.importDetected(det, err)
}

// importDetected adds the flags that a reader found in the script. With an error, it sets FlagsDest only.
func (op *Operation) importDetected(det python.Detection, err error) error {
	op.FlagsDest, op.tried = cmp.Or(op.FlagsDest, det.Dest, program.DestArgs), det.Tried
	if err != nil {
		return err
	}
	if file := program.DestFile(det.Dest); file != "" {
		if err := op.requireConfig(); err != nil {
			return err
		}
		return op.importConfig(file)
	}
	return op.importAll(det.Flags, op.Python().Script)
}

// ImportGiven imports the flags again if they depend on assigned flags: some scripts first read one option, such as the name of a config
// file or of a model, which determines the other options. If these cannot be determined before the run, the flags stay as they are.
func (op *Operation) ImportGiven(ctx context.Context, r FlagReader, assign []string) error {
	first := Command{FlagsDest: program.DestArgs, Flags: map[string]CommandFlag{}}
	vals := Values{}
	for _, a := range assign {
		name, text, _ := strings.Cut(a, "=")
		f := op.Flag(name)
		if f == nil || !f.early {
			continue
		}
		v, err := f.Command().Decode(text, op.FlagsDest)
		if err != nil {
			continue // an error of ReadInput
		}
		if (&Batch{Values: Values{name: v}}).Is() {
			return nil // each trial may have other options
		}
		vals[name], first.Flags[name] = v, f.Command()
	}
	if len(vals) == 0 {
		return nil
	}
	s := op.target(op.Python(), op.FlagsDest)
	s.Args = append(slices.Clone(s.Args), first.flagArgs(vals)...)
	det, err := r.Flags(ctx, s)
	if err != nil || len(det.Flags) == 0 {
		return ctx.Err()
	}
	op.Flags = cloneFlags(op.defined)
	return op.importDetected(det, nil)
}

func cloneFlags(flags []*Flag) []*Flag {
	out := make([]*Flag, len(flags))
	for i, f := range flags {
		c := *f
		out[i] = &c
	}
	return out
}

// importAll adds the flags that were found in a file, as flags-import says.
func (op *Operation) importAll(found []python.Flag, file string) error {
	if err := op.requireNamed(found, file); err != nil {
		return err
	}
	for i := range found {
		op.importFlag(&found[i])
	}
	slices.SortFunc(op.Flags, func(a, b *Flag) int { return cmp.Compare(a.Name, b.Name) })
	return nil
}

// requireNamed returns an error if flags-import names a flag that was not found.
func (op *Operation) requireNamed(found []python.Flag, file string) error {
	for _, name := range op.FlagsImport.Names {
		if op.Flag(name) != nil || slices.ContainsFunc(found, func(f python.Flag) bool { return f.Name == name }) {
			continue
		}
		known := make([]string, len(found))
		for i, f := range found {
			known[i] = f.Name
		}
		if len(known) == 0 {
			return fmt.Errorf("flags-import of operation '%s' names '%s', but %s has no flags", op.FullName(), name, file)
		}
		return fmt.Errorf("flags-import of operation '%s' names '%s', which is no flag of %s; it has %s", op.FullName(), name,
			file, console.Quoted(known, " and "))
	}
	return nil
}

// importFlag completes the definition of a flag by the flag of the script, or adds the flag if flags-import says so.
func (op *Operation) importFlag(in *python.Flag) {
	if slices.Contains(op.FlagsImportSkip, in.Name) {
		return
	}
	i := slices.IndexFunc(op.Flags, func(f *Flag) bool { return f.argName() == in.Name })
	if i >= 0 {
		op.Flags[i].complete(in)
		return
	}
	if mode := op.FlagsImport.Mode; mode == ImportAll ||
		mode == ImportNamed && slices.Contains(op.FlagsImport.Names, in.Name) {
		f := &Flag{Name: in.Name}
		f.complete(in)
		op.Flags = append(op.Flags, f)
	}
}

// complete sets what the definition of the flag leaves open.
func (f *Flag) complete(in *python.Flag) {
	f.Description = cmp.Or(f.Description, in.Description)
	f.Type = cmp.Or(f.Type, in.Type)
	if f.Default == nil {
		f.Default = in.Default
	}
	if !f.RequiredSet {
		f.Required = in.Required
	}
	if f.Choices == nil {
		for _, v := range in.Choices {
			f.Choices = append(f.Choices, Choice{Value: v})
		}
	}
	if in.ArgName != "" && (f.ArgName == "" || f.ArgName == in.Name) {
		f.ArgName = in.ArgName
	}
	if f.ArgSwitch == nil {
		f.ArgSwitch, f.ArgOff = in.ArgSwitch, in.ArgOff
	}
	if f.ArgEncoding == nil {
		f.ArgEncoding = in.ArgEncoding
	}
	f.text, f.early = in.Text && f.Type == "", in.Early
	if f.ArgSplit == "" && in.ArgSplit {
		f.ArgSplit = flagvalue.SplitShell
	}
	if omit, err := f.check(in.ArgOmit, ""); err == nil { // in the form that the values of the flag have
		f.ArgOmit = omit
	}
}
