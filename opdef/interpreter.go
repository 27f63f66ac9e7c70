package opdef

import (
	"cmp"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"guild/runs/console"
	"guild/runs/words"
)

// interpreter runs files of one kind that are neither Python nor executable.
type interpreter struct {
	what    string // kind of file
	program string // on PATH
	hint    string // how to get the program
}

// Extensions of files that are run by an interpreter.
const (
	extNotebook = ".ipynb"
	extR        = ".r"
	extQuarto   = ".qmd"
)

// interpreterOf returns what runs a file, or nil.
func interpreterOf(file string) *interpreter {
	switch strings.ToLower(filepath.Ext(file)) {
	case extNotebook:
		return &interpreter{"a Jupyter notebook", "jupyter",
			"Install Jupyter's nbconvert and a kernel, as with 'pip install nbconvert ipykernel'."}
	case extR:
		return &interpreter{"an R script", "Rscript", "Install R, so that Rscript is on PATH."}
	case extQuarto:
		return &interpreter{"a Quarto document", "quarto", "Install Quarto, so that quarto is on PATH."}
	}
	return nil
}

// interpret makes an operation run a file by its interpreter. options are those of the file's own kind. The error is that there
// are some where none are known.
func (op *Operation) interpret(file string, options []string) error {
	switch ext := strings.ToLower(filepath.Ext(file)); {
	case ext == extNotebook:
		op.notebook = &notebook{file: file, options: options}
	case len(options) > 0:
		return fmt.Errorf("%s takes no options", file)
	case ext == extR:
		op.Exec, op.FlagsDest = "Rscript "+words.Quote(file)+" ${flag_args}", cmp.Or(op.FlagsDest, DestArgs)
	default:
		op.document = file
		op.Exec = "quarto render " + words.Quote(file) + " ${flag_args}"
	}
	op.interpreted = file
	return nil
}

// MissingProgram is the error that a file cannot be run because its interpreter is not installed here.
func (op *Operation) MissingProgram() error {
	i := interpreterOf(op.interpreted)
	if i == nil {
		return nil
	}
	if _, err := exec.LookPath(i.program); err == nil {
		return nil
	}
	err := fmt.Errorf("%s is %s and cannot be run: there is no program %s", op.interpreted, i.what, i.program)
	if op.script == "" {
		err = fmt.Errorf("operation '%s': %w", op.FullName(), err)
	}
	return console.WithHint(err, i.hint)
}
