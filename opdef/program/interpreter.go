package program

import (
	"path/filepath"
	"strings"
)

// Interpreter runs files of one kind that are neither Python nor executable.
type Interpreter struct {
	Kind    string // of the files, with its article
	Program string // on PATH
	Hint    string // how to get the program
}

// Extensions of files that are run by an interpreter.
const (
	ExtNotebook = ".ipynb"
	ExtR        = ".r"
	ExtQuarto   = ".qmd"
)

// InterpreterOf returns the interpreter for a file by its extension, nil if there is none.
func InterpreterOf(file string) *Interpreter {
	switch strings.ToLower(filepath.Ext(file)) {
	case ExtNotebook:
		return &Interpreter{"a Jupyter notebook", "jupyter",
			"Install Jupyter's nbconvert and a kernel, as with 'pip install nbconvert ipykernel'."}
	case ExtR:
		return &Interpreter{"an R script", "Rscript", "Install R, so that Rscript is on PATH."}
	case ExtQuarto:
		return &Interpreter{"a Quarto document", "quarto", "Install Quarto, so that quarto is on PATH."}
	}
	return nil
}
