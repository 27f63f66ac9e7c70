package doctest

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

//go:embed python/__main__.py python/guild_doctest/*.py
var program embed.FS

// killDelay is how long Python has to end, and to kill what it runs, before it is killed itself.
const killDelay = 2 * time.Second

// job is what the program is to run, as its module main reads it.
type job struct {
	Path     string   `json:"path"` // as users know it
	Dir      string   `json:"dir"`  // absolute; the document starts in it
	Kind     string   `json:"kind"`
	Options  string   `json:"options"`
	Text     string   `json:"text"`
	Env      [][]byte `json:"env"`
	Samples  string   `json:"samples"`
	Temp     string   `json:"temp"` // for temporary directories
	Force    bool     `json:"force"`
	FailFast bool     `json:"fail_fast"`
	UDiff    bool     `json:"udiff"`
}

// event is a message of the program while it runs. Exactly one of its fields is set.
type event struct {
	Failure *Failure
	Skipped bool   // because of the document's options
	Error   string // why the document cannot be run
	Counts  *struct{ Attempted, Failed int }
}

// FindPython returns the path of the Python 3 that runs documents: the first python3 on PATH.
func FindPython() (string, error) {
	path, err := exec.LookPath("python3")
	if err != nil {
		return "", errors.New("documents are run by Python 3, and PATH has no python3: install Python 3.8 or later")
	}
	return filepath.Abs(path)
}

// runPython runs the job in a new process and passes its messages to handle. The process and its children end with ctx.
func runPython(ctx context.Context, cfg Config, j job, handle func(event)) error {
	dir := filepath.Join(j.Temp, ".program")
	sub, err := fs.Sub(program, "python")
	if err != nil {
		return err
	}
	if err := os.CopyFS(dir, sub); err != nil {
		return fmt.Errorf("write the program that runs documents: %w", err)
	}
	data, err := json.Marshal(j)
	if err != nil {
		return err
	}
	jobFile := filepath.Join(dir, "job.json")
	if err := os.WriteFile(jobFile, data, 0o600); err != nil {
		return err
	}
	results, resultsOut, err := os.Pipe()
	if err != nil {
		return err
	}
	defer func() { _ = results.Close() }() // only read from
	// -I keeps the user's PYTHON variables and packages away from the program; documents' commands still get the variables.
	cmd := exec.CommandContext(ctx, cfg.Python, "-I", "-B", "-X", "utf8", dir, jobFile)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = cfg.Env, j.Dir, cfg.Stderr, cfg.Stderr
	cmd.ExtraFiles = []*os.File{resultsOut}
	// In a process group of its own it does not see Ctrl-C, which ends it by way of ctx.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	input, err := cmd.StdinPipe()
	if err != nil {
		return errors.Join(err, resultsOut.Close())
	}
	cmd.Cancel = input.Close // the program kills what it runs, and itself, when its input ends
	cmd.WaitDelay = killDelay
	err = cmd.Start()
	_ = resultsOut.Close() // the process has it
	if err != nil {
		return fmt.Errorf("start Python: %w", err)
	}
	readErr := readEvents(results, handle)
	err = cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case readErr != nil:
		return readErr
	case err != nil && !errors.Is(err, exec.ErrWaitDelay): // what a document leaves behind may hold the errors open
		return fmt.Errorf("%s ended before the document did: %w", cfg.Python, err)
	}
	return nil
}

// readEvents hands the events to handle until the process ends.
func readEvents(r io.Reader, handle func(event)) error {
	d := json.NewDecoder(r)
	for {
		var e event
		err := d.Decode(&e)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil // that the process ended too early is seen from its exit status
		}
		if err != nil {
			return fmt.Errorf("read what Python tells of the document: %w", err)
		}
		handle(e)
	}
}
