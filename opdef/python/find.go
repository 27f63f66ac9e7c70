package python

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// ExeVariable is the variable that names the interpreter to use in place of the first one on PATH.
const ExeVariable = "GUILD_PYTHON_EXE"

// ErrNone is the error of Find if this host has no Python.
var ErrNone = errors.New("there is no python3 on PATH")

// Find returns the absolute path of the Python interpreter: the one in GUILD_PYTHON_EXE, or else python3 or python on PATH.
func Find() (string, error) {
	if exe := os.Getenv(ExeVariable); exe != "" {
		path, err := lookPath(exe)
		if err != nil {
			return "", fmt.Errorf("%s is '%s', which is not a program; set it to a Python 3 interpreter", ExeVariable, exe)
		}
		return path, nil
	}
	for _, name := range []string{"python3", "python"} {
		if path, err := lookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w; install Python 3 or set %s to an interpreter", ErrNone, ExeVariable)
}

func lookPath(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil && !errors.Is(err, exec.ErrDot) {
		return "", err
	}
	return filepath.Abs(path)
}
