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
	"guild/opdef/python/pyenv"
	"guild/runs/console"
	"guild/runs/opref"
	"guild/runs/words"
)

// target describes the script to a FlagReader. The import path is the one that a run has.
func (op *Operation) target(m program.Python, dest string) python.Script {
	s := python.Script{Path: filepath.Join(m.Root, m.Script), Name: m.Script, Module: m.Module, Dir: m.Root, Args: m.Args, Dest: program.ReaderDest(dest), Env: op.EnvChoice()}
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

// EnvChoice returns the operation's setting for its Python environment.
func (op *Operation) EnvChoice() pyenv.Choice {
	return pyenv.Choice{Setting: op.PythonSetting, Dir: op.Dir}
}

// Python returns the module or script that Python runs for the operation.
func (op *Operation) Python() program.Python {
	if op.script != "" {
		return program.Python{Script: op.script, Root: op.Dir}
	}
	return program.FindPython(op.Main, op.SourceDir(), op.PythonPath)
}

// Interpret makes the operation run a file by its interpreter. options are only allowed for notebooks.
func (op *Operation) Interpret(file string, options []string) error {
	switch ext := strings.ToLower(filepath.Ext(file)); {
	case ext == program.ExtNotebook:
		op.notebook = &notebook{file: file, options: options}
	case len(options) > 0:
		return fmt.Errorf("%s takes no options", file)
	case ext == program.ExtR:
		op.rScript = file
		op.Exec = "Rscript " + words.Quote(file) + " ${flag_args}" // unless flags go to globals, see rArgs
	default:
		op.document = file
		op.Exec = "quarto render " + words.Quote(file) + " ${flag_args}"
	}
	op.interpreted = file
	return nil
}

// MissingProgram returns an error with a hint if the interpreter of the operation is not installed.
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

// execFile makes the operation run an executable file. name is its path in the source code, spec its name in messages.
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

// RunNamed makes the operation run the file of the project with its name, or else the Python module.
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

// OfFile returns the operation that runs a file without a definition in a guild.yml. dir is the absolute directory of the file, which
// becomes the project of the operation. spec is the file in messages. The error is that the file is not executable.
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
		op.Tags = scriptTags(name)
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

// scriptTags returns the tags that runs of a Python script get from its name, as in Guild AI.
func scriptTags(name string) []string {
	switch name = strings.ToLower(name); {
	case strings.Contains(name, "train"):
		return []string{"model"}
	case strings.Contains(name, "prepare"):
		return []string{"dataset"}
	}
	return nil
}

// SaysWhatToRun reports whether the operation has something to run.
func (op *Operation) SaysWhatToRun() bool {
	return op.Main != "" || op.Exec != "" || op.Steps != nil || op.notebook != nil
}
