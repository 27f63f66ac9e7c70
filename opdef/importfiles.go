package opdef

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"guild/opdef/program"
	"guild/runs/plainfile"
)

// importConfig adds the values of a config file of the project to the flags, as flags-import says.
func (op *Operation) importConfig(file string) error {
	mode := op.FlagsImport.Mode
	if mode == ImportNone || mode == ImportDefined && len(op.Flags) == 0 {
		return nil
	}
	data, err := plainfile.Read(filepath.Join(op.Dir, file))
	if err != nil {
		return fmt.Errorf("read the flags of operation '%s': %w", op.FullName(), err)
	}
	found, err := program.ConfigFlags(file, data)
	if err != nil {
		return fmt.Errorf("read the flags of operation '%s': %w", op.FullName(), err)
	}
	return op.importAll(found, file)
}

// importParams adds the params of a Quarto document to the flags, as flags-import says.
func (op *Operation) importParams() error {
	op.FlagsDest = program.DestParams
	if mode := op.FlagsImport.Mode; mode == ImportNone || mode == ImportDefined && len(op.Flags) == 0 {
		return nil
	}
	data, err := plainfile.Read(filepath.Join(op.SourceDir(), op.document))
	if err != nil {
		return fmt.Errorf("read the flags of operation '%s': %w", op.FullName(), err)
	}
	found, err := program.DocumentFlags(data)
	if err != nil {
		return fmt.Errorf("read the flags of %s: %w", op.document, err)
	}
	return op.importAll(found, op.document)
}

// importR adds the constants of an R script to the flags, as flags-import says, and sets FlagsDest if the definition does not.
func (op *Operation) importR() error {
	if op.FlagsDest != "" && op.FlagsDest != program.DestGlobals {
		return nil
	}
	source, err := plainfile.Read(filepath.Join(op.SourceDir(), op.rScript))
	if errors.Is(err, fs.ErrNotExist) { // the script may be a dependency that is added to the run
		op.FlagsDest = cmp.Or(op.FlagsDest, program.DestArgs)
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the flags of operation '%s': %w", op.FullName(), err)
	}
	found, dest := program.RFlags(string(source))
	op.FlagsDest = cmp.Or(op.FlagsDest, dest)
	if mode := op.FlagsImport.Mode; mode == ImportNone || mode == ImportDefined && len(op.Flags) == 0 {
		return nil
	}
	return op.importAll(found, op.rScript)
}

// rArgs returns the command of an R script whose flags are its constants.
func (op *Operation) rArgs() []string {
	path := filepath.Join(op.Source.Dest, op.rScript)
	if op.Source.None {
		path = filepath.Join(op.SourceDir(), op.rScript)
	}
	return []string{"${guild_exe}", "sys", "r-script", FlagArgs, path}
}
