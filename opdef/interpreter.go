package opdef

import (
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
	command string // command line, in front of the file
	flags   bool   // flags are passed as arguments
	hint    string // how to get the program
}

// interpreterOf returns what runs a file, or nil.
func interpreterOf(file string) *interpreter {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".ipynb":
		return &interpreter{"a Jupyter notebook", "jupyter", "jupyter nbconvert --to notebook --execute --inplace", false,
			"Install Jupyter's nbconvert and a kernel, as with 'pip install nbconvert ipykernel'."}
	case ".r":
		return &interpreter{"an R script", "Rscript", "Rscript", true, "Install R, so that Rscript is on PATH."}
	case ".qmd":
		return &interpreter{"a Quarto document", "quarto", "quarto render", false, "Install Quarto, so that quarto is on PATH."}
	}
	return nil
}

// interpret makes an operation run a file by its interpreter, which must be installed. shown is how the user names the file.
func (op *Operation) interpret(i *interpreter, file, shown string) error {
	if _, err := exec.LookPath(i.program); err != nil {
		return console.WithHint(fmt.Errorf("%s is %s and cannot be run: there is no program %s", shown, i.what, i.program), i.hint)
	}
	op.Exec, op.FlagsDest = i.command+" "+words.Quote(file), DestNone
	if i.flags {
		op.Exec, op.FlagsDest = op.Exec+" ${flag_args}", DestArgs
	}
	return nil
}
