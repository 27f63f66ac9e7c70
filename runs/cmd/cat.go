package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"guild/proc/hook"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/manifest"
	"guild/runs/plainfile"
)

// Cat writes a file of a run.
type Cat struct {
	filter.Flags
	Spec       string `arg:"" optional:"" name:"run" help:"Index of the run in the list, or the start of its id. Default: the latest." complete:"run"`
	Path       string `short:"p" placeholder:"PATH" help:"The file, relative to the run directory." complete:"run-file"`
	Output     bool   `short:"O" help:"What the run has printed so far."`
	Hooks      bool   `help:"What the hooks of the run have printed, of all its starts, and how they ended."`
	Sourcecode bool   `short:"s" help:"PATH is that of a source code file in the project."`
	Page       bool   `short2:"pa" help:"In the program that PAGER names, or less, where this is on a terminal."`
}

// Run writes the file.
func (k *Cat) Run(ctx context.Context, c *console.Console, s *catalog.Catalog) error {
	switch {
	case k.Output && k.Path != "":
		return errors.New("--output and --path exclude each other: give one of them")
	case k.Hooks && (k.Output || k.Path != ""):
		return errors.New("--hooks, --output and --path exclude each other: give one of them")
	case !k.Output && !k.Hooks && k.Path == "":
		return errors.New("which file? Name it with -p PATH ('guild ls' lists the files), or use --output")
	case filepath.IsAbs(k.Path):
		return fmt.Errorf("%s is not relative to the run: name the file as 'guild ls' does", k.Path)
	}
	only, err := k.Filter()
	if err != nil {
		return err
	}
	r, err := filter.Latest(s, only, k.Spec)
	if err != nil {
		return err
	}
	if k.Hooks {
		return printHooks(c, r)
	}
	path, err := k.file(r)
	if err != nil {
		return err
	}
	f, err := openFile(path)
	if k.Output && errors.Is(err, fs.ErrNotExist) {
		return noOutput(r)
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if st, err := f.Stat(); k.Output && err == nil && st.Size() == 0 && r.State().Reason != "" {
		return noOutput(r) // the operation was not started
	}
	if _, _, ok := c.Terminals(); ok && k.Page {
		return runProgram(ctx, c, cmp.Or(os.Getenv("PAGER"), "less"), "", path)
	}
	return stream(c.Out, f)
}

// printHooks prints the output of a run's hooks.
func printHooks(c *console.Console, r *runs.Run) error {
	data, err := hook.Kept(r)
	if err != nil {
		return err
	}
	if len(data) == 0 {
		return console.WithHint(fmt.Errorf("no hook of run %s has ended", r.ShortID()),
			"on-start, on-end and on-fail set hooks, in guild.yml, in the user configuration and as options of 'guild run'.")
	}
	c.Printf("%s", data)
	return nil
}

func (k *Cat) file(r *runs.Run) (string, error) {
	switch {
	case k.Output:
		return r.GuildPath("output"), nil
	case !k.Sourcecode:
		return r.Path(filepath.FromSlash(k.Path)), nil
	}
	want := filepath.ToSlash(filepath.Clean(k.Path))
	entries, err := manifest.Of(r)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if e.Kind == manifest.Source && (e.Path == want || len(e.Source) == 1 && e.Source[0] == want) {
			return r.Path(filepath.FromSlash(e.Path)), nil
		}
	}
	return r.GuildPath(manifest.OldSourcecode, filepath.FromSlash(k.Path)), nil
}

// notThere is the error for a file that does not exist.
type notThere struct{ path string }

func (n notThere) Error() string { return n.path + " does not exist" }

func (notThere) Is(target error) bool { return target == fs.ErrNotExist }

// noOutput returns the reason why a run has printed nothing yet.
func noOutput(r *runs.Run) error {
	st, id := r.State(), r.ShortID()
	hint := fmt.Sprintf("See 'guild runs info %s'.", id)
	switch {
	case st.Reason != "":
		return console.WithHint(fmt.Errorf("run %s printed nothing: %s", id, st.Reason), hint)
	case st.Status.Waits():
		return console.WithHint(fmt.Errorf("run %s has printed nothing: it has not been started", id),
			fmt.Sprintf("Start it with 'guild run --start %s'.", id))
	case st.Status == runs.Running:
		return console.WithHint(fmt.Errorf("run %s has printed nothing yet: it is being prepared", id),
			fmt.Sprintf("Follow it with 'guild watch %s'.", id))
	}
	return console.WithHint(fmt.Errorf("run %s printed nothing", id), hint)
}

func openFile(path string) (*os.File, error) {
	f, err := plainfile.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notThere{path}
	}
	if errors.Is(err, syscall.EISDIR) {
		return nil, fmt.Errorf("%s is a directory: 'guild ls -p PATH' lists it", path)
	}
	return f, err
}

// stream copies the current content of the file. It does not follow a growing file: if a run prints faster than out is read, that would
// never end.
func stream(out io.Writer, f *os.File) error {
	st, err := f.Stat()
	if err != nil {
		return err
	}
	var from io.Reader = f
	if st.Mode().IsRegular() {
		from = io.LimitReader(f, st.Size())
	}
	_, err = io.Copy(out, from)
	return err
}
