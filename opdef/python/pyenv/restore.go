package pyenv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"guild/runs/plainfile"
)

// lockFiles are the files beside a guild.yml that specify an environment.
var lockFiles = [...]string{"uv.lock", "pyproject.toml", "pylock.toml", "poetry.lock", "Pipfile.lock", "requirements.txt", "environment.yml",
	"conda-lock.yml"}

// LockFiles returns the contents of the files beside a guild.yml that specify the environment, by name. Unreadable files are left out.
func LockFiles(dir string) map[string][]byte {
	files := map[string][]byte{}
	for _, name := range lockFiles {
		const most = 16 << 20
		if data, err := plainfile.ReadUpTo(filepath.Join(dir, name), most); err == nil {
			files[name] = data
		}
	}
	return files
}

// Recorded is what a run has recorded about its environment.
type Recorded struct {
	Files  string   // directory with the lock files; need not exist
	Freeze []string // installed packages, NAME==VERSION
	Python string   // version of the interpreter, such as 3.11.7; may be empty
}

// Restore creates the environment again in dir, which must not exist, with uv or pip, and returns its interpreter. Their output goes to
// log. After an error dir does not exist.
func Restore(ctx context.Context, r Recorded, dir string, log io.Writer) (exe string, err error) {
	uv, noUV := exec.LookPath("uv")
	python, noPython := exec.LookPath("python3")
	if noUV != nil && noPython != nil {
		return "", errors.New("restore the environment: neither uv nor python3 is on PATH: install one of them")
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(dir)
		}
	}()
	run := func(env []string, program string, args ...string) error {
		cmd := exec.CommandContext(ctx, program, args...)
		cmd.Stdout, cmd.Stderr, cmd.Env = log, log, append(os.Environ(), env...)
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("restore the environment: %s: %w", strings.Join(cmd.Args[:min(3, len(cmd.Args))], " "), err)
		}
		return nil
	}
	exe = filepath.Join(dir, "bin", "python")
	if noUV == nil && exists(r.Files, "uv.lock") && exists(r.Files, "pyproject.toml") {
		return exe, run([]string{"UV_PROJECT_ENVIRONMENT=" + dir}, uv, "sync", "--frozen", "--no-install-project", "--project", r.Files)
	}
	list, remove, err := requirements(r)
	if err != nil {
		return "", err
	}
	defer remove()
	if noUV == nil {
		args := []string{"venv", dir}
		if r.Python != "" {
			args = append(args, "--python", r.Python)
		}
		if err := run(nil, uv, args...); err != nil {
			return "", err
		}
		return exe, run(nil, uv, "pip", "install", "--python", exe, "-r", list)
	}
	if err := run(nil, python, "-m", "venv", dir); err != nil {
		return "", err
	}
	return exe, run(nil, exe, "-m", "pip", "install", "--disable-pip-version-check", "-r", list)
}

func exists(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

// requirements returns a file with the packages to install: those that were installed or, if unknown, those that the project requires.
func requirements(r Recorded) (file string, remove func(), err error) {
	var data []byte
	if r.Freeze != nil {
		for _, line := range r.Freeze {
			switch name, _, _ := strings.Cut(line, "=="); strings.ToLower(name) {
			case "pip", "setuptools", "wheel": // a new environment has its own
			default:
				data = append(data, line+"\n"...)
			}
		}
	} else if data, err = plainfile.Read(filepath.Join(r.Files, "requirements.txt")); errors.Is(err, fs.ErrNotExist) {
		return "", nil, errors.New("the run has neither a lock file nor the packages of its environment: it cannot be restored")
	} else if err != nil {
		return "", nil, err
	}
	f, err := os.CreateTemp("", "guild-requirements-*.txt")
	if err != nil {
		return "", nil, err
	}
	_, err = f.Write(data)
	return f.Name(), func() { _ = os.Remove(f.Name()) }, errors.Join(err, f.Close())
}
