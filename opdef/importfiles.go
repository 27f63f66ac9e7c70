package opdef

import (
	"fmt"
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
