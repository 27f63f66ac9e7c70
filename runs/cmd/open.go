package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/words"
)

// Open shows a run's directory or one of its files in another program.
type Open struct {
	filter.Flags
	Spec     string `arg:"" optional:"" name:"run" help:"Index of the run in the list, the start of its id, or o:OPERATION. Default: the latest." complete:"run"`
	Path     string `short:"p" xor:"what" placeholder:"PATH" help:"A file of the run in place of its directory." complete:"run-file"`
	Source   bool   `short:"s" name:"sourcecode" help:"The directory of the source code, which PATH is then relative to."`
	Output   bool   `short:"O" xor:"what" help:"What the run has printed so far."`
	Cmd      string `short:"c" xor:"with" placeholder:"CMD" help:"The program. Default: that of the desktop; where there is none, print the path." complete:"command"`
	Shell    bool   `xor:"with" help:"A shell in the directory."`
	ShellCmd string `name:"shell-cmd" xor:"with" placeholder:"CMD" help:"Like --shell, with CMD for the shell." complete:"command"`
}

// Run opens it.
func (k *Open) Run(ctx context.Context, c *console.Console, s *catalog.Catalog) error {
	f, err := k.Filter()
	if err != nil {
		return err
	}
	r, err := filter.Latest(s, f, k.Spec)
	if err != nil {
		return err
	}
	dir := r.Dir
	if k.Source {
		dir = sourceDir(r)
	}
	path := dir + string(filepath.Separator)
	switch {
	case k.Output:
		path = r.GuildPath("output")
	case k.Path != "":
		path = filepath.Join(dir, filepath.FromSlash(k.Path))
	}
	if k.Shell || k.ShellCmd != "" {
		if st, err := os.Stat(path); err == nil && !st.IsDir() {
			path = filepath.Dir(path)
		}
		return runProgram(ctx, c, cmp.Or(k.ShellCmd, os.Getenv("SHELL"), "/bin/sh"), path)
	}
	program := cmp.Or(k.Cmd, Opener())
	if program == "" {
		c.Printf("%s\n", path)
		return nil
	}
	return runProgram(ctx, c, program, "", path)
}

// Opener returns the program by which the desktop opens files, empty if there is none.
func Opener() string {
	if runtime.GOOS == "darwin" {
		return "open"
	}
	if _, err := exec.LookPath("xdg-open"); err != nil || os.Getenv("DISPLAY")+os.Getenv("WAYLAND_DISPLAY") == "" {
		return ""
	}
	return "xdg-open"
}

// runProgram runs a command line with additional arguments, in dir unless that is empty. A failure of the program is not an error.
func runProgram(ctx context.Context, c *console.Console, command, dir string, args ...string) error {
	list, err := words.Split(command)
	if err != nil || len(list) == 0 {
		return fmt.Errorf("'%s' is not a command: %w", command, cmp.Or(err, errors.New("it is empty")))
	}
	list = append(list, args...)
	cmd := exec.CommandContext(ctx, list[0], list[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, c.In, c.Out, c.Err
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return ctx.Err()
	}
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("error running '%s': No such file or directory: is %s installed?", words.Join(list), list[0])
	}
	if err != nil {
		return fmt.Errorf("error running '%s': %w", words.Join(list), err)
	}
	return nil
}
