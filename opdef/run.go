package opdef

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"guild/opdef/program"
	"guild/opdef/python"
	"guild/runs/console"
	"guild/runs/opref"
	"guild/runs/words"
)

// target describes the script to the reader of flags. It imports from where it will when it is run.
func (op *Operation) target(m program.Python, dest string) python.Script {
	s := python.Script{Path: filepath.Join(m.Root, m.Script), Name: m.Script, Module: m.Module, Dir: m.Root, Args: m.Args, Dest: program.ReaderDest(dest)}
	for _, dir := range append([]string{"."}, op.PythonPath...) {
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(op.SourceDir(), filepath.FromSlash(dir))
		}
		if dir != m.Root {
			s.PythonPath = append(s.PythonPath, dir)
		}
	}
	return s
}

// Python is what Python runs for the operation.
func (op *Operation) Python() program.Python {
	if op.script != "" {
		return program.Python{Script: op.script, Root: op.Dir}
	}
	return program.FindPython(op.Main, op.SourceDir(), op.PythonPath)
}

// Interpret makes an operation run a file by its interpreter. options are those of the file's own kind. The error is that there
// are some where none are known.
func (op *Operation) Interpret(file string, options []string) error {
	switch ext := strings.ToLower(filepath.Ext(file)); {
	case ext == program.ExtNotebook:
		op.notebook = &notebook{file: file, options: options}
	case len(options) > 0:
		return fmt.Errorf("%s takes no options", file)
	case ext == program.ExtR:
		op.Exec, op.FlagsDest = "Rscript "+words.Quote(file)+" ${flag_args}", cmp.Or(op.FlagsDest, program.DestArgs)
	default:
		op.document = file
		op.Exec = "quarto render " + words.Quote(file) + " ${flag_args}"
	}
	op.interpreted = file
	return nil
}

// MissingProgram is the error that a file cannot be run because its interpreter is not installed here.
func (op *Operation) MissingProgram() error {
	i := program.InterpreterOf(op.interpreted)
	if i == nil {
		return nil
	}
	if _, err := exec.LookPath(i.Program); err == nil {
		return nil
	}
	err := fmt.Errorf("%s is %s and cannot be run: there is no program %s", op.interpreted, i.Kind, i.Program)
	if op.script == "" {
		err = fmt.Errorf("operation '%s': %w", op.FullName(), err)
	}
	return console.WithHint(err, i.Hint)
}

// execFile makes the operation run an executable file, which is called spec in messages. name is its path in the source code.
func (op *Operation) execFile(spec, name string, info fs.FileInfo) error {
	if info.Mode()&0o111 == 0 {
		return fmt.Errorf("%s is neither a script of a known kind nor executable; 'chmod +x %s' makes it so", spec, words.Quote(spec))
	}
	place := "./" + path.Join(op.Source.Dest, name)
	if op.Source.None {
		place = filepath.Join(op.SourceDir(), name)
	}
	op.Exec = words.Quote(place) + " ${flag_args}"
	op.FlagsDest = cmp.Or(op.FlagsDest, program.DestArgs)
	return nil
}

// RunNamed makes an operation run what it is named after: a script of the project, or else a Python module.
func (op *Operation) RunNamed() error {
	if program.InterpreterOf(op.Name) != nil {
		return op.Interpret(op.Name, nil)
	}
	if ext := filepath.Ext(op.Name); ext != "" && ext != ".py" && filepath.IsLocal(op.Name) {
		info, err := os.Stat(filepath.Join(op.SourceDir(), op.Name))
		if err == nil && info.Mode().IsRegular() {
			return op.execFile(op.Name, op.Name, info)
		}
	}
	op.Main = strings.TrimSuffix(op.Name, ".py")
	return nil
}

// OfFile returns the operation that runs a file which no guild.yml describes. dir is its absolute directory, which is the project of
// the operation; spec is the file as messages name it.
func OfFile(dir, name, spec string, info fs.FileInfo) (*Operation, error) {
	op := &Operation{
		Ref:    opref.Ref{PkgType: opref.Script, PkgName: dir, Op: name},
		Name:   name,
		Dir:    dir,
		script: name,
	}
	switch {
	case strings.HasSuffix(name, ".py"):
		op.Main = name
		op.FlagsImport.Mode = ImportAll
		op.PipFreeze = true
	case program.InterpreterOf(name) != nil:
		if err := op.Interpret(name, nil); err != nil {
			return nil, err
		}
		op.FlagsImport.Mode = ImportAll
		op.PipFreeze = op.IsPython()
	default:
		if err := op.execFile(spec, name, info); err != nil {
			return nil, err
		}
	}
	return op, nil
}

// SaysWhatToRun tells whether the definition of the operation says what to run.
func (op *Operation) SaysWhatToRun() bool {
	return op.Main != "" || op.Exec != "" || op.Steps != nil || op.notebook != nil
}
