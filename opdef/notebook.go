package opdef

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"guild/opdef/flagvalue"
	"guild/opdef/program"
	"guild/opdef/python"
)

// notebook is the Jupyter notebook that an operation runs.
type notebook struct {
	file    string   // relative to the source code
	options []string // see python.Notebook
}

// nbReplace is the attribute of a flag with the regular expressions that find its value in the cells of a notebook.
const nbReplace = "nb-replace"

// patterns returns the regular expressions of nbReplace by flag.
func (op *Operation) patterns() map[string][]string {
	out := map[string][]string{}
	for _, f := range op.Flags {
		switch v := f.Extra[nbReplace].(type) {
		case string:
			out[f.Name] = []string{v}
		case []any:
			for _, p := range v {
				out[f.Name] = append(out[f.Name], flagvalue.PlainText(p))
			}
		}
	}
	return out
}

// importNotebook adds the values that cells assign to variables to the flags, as flags-import says.
func (op *Operation) importNotebook(ctx context.Context, r FlagReader) error {
	op.FlagsDest = cmp.Or(op.FlagsDest, program.DestGlobals)
	if mode := op.FlagsImport.Mode; mode == ImportNone || mode == ImportDefined && len(op.Flags) == 0 {
		return nil
	}
	file := op.notebook.file
	det, err := r.Flags(ctx, python.Script{Path: filepath.Join(op.SourceDir(), file), Name: file, Dir: op.SourceDir(),
		Dest: program.DestGlobals, Patterns: op.patterns(), Env: op.EnvChoice()})
	if err != nil {
		return err
	}
	return op.importAll(det.Flags, file)
}

func (op *Operation) notebookArgs() []string {
	path := filepath.Join(op.Source.Dest, op.notebook.file)
	if op.Source.None {
		path = filepath.Join(op.SourceDir(), op.notebook.file)
	}
	patterns := map[string]any{}
	for name, list := range op.patterns() {
		values := make([]any, len(list))
		for i, p := range list {
			values[i] = p
		}
		patterns[name] = values
	}
	// An escaped dollar sign does not begin a reference.
	encoded := strings.ReplaceAll(flagvalue.EncodeJSON(patterns), "$", `\u0024`)
	return append([]string{"${python_exe}", "-u", "${guild_notebook}", FlagArgs, encoded, path}, op.notebook.options...)
}

// CheckPatterns returns an error if nb-replace is not a regular expression or a list of them.
func (f *Flag) CheckPatterns() error {
	switch f.Extra[nbReplace].(type) {
	case nil, string, []any:
		return nil
	}
	return fmt.Errorf("nb-replace of flag '%s' must be a regular expression or a list of them", f.Name)
}
