package cmd

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"guild/runs"
	"guild/runs/console"
	"guild/runs/filter"
)

// Cat writes a file of a run.
type Cat struct {
	filter.Flags
	Spec       string `arg:"" optional:"" name:"run" help:"Index of the run in the list, or the start of its id. Default: the latest." complete:"run"`
	Path       string `short:"p" placeholder:"PATH" help:"The file, relative to the run directory." complete:"run-file"`
	Output     bool   `short:"O" help:"What the run has printed so far."`
	Sourcecode bool   `short:"s" help:"PATH is that of a source code file in the project."`
}

// Run writes the file.
func (k *Cat) Run(c *console.Console, s *runs.Store) error {
	switch {
	case k.Output && k.Path != "":
		return errors.New("--output and --path exclude each other: give one of them")
	case !k.Output && k.Path == "":
		return errors.New("which file? Name it with -p PATH ('guild ls' lists the files), or use --output")
	}
	f, err := k.Filter()
	if err != nil {
		return err
	}
	r, err := filter.Latest(s, f, k.Spec)
	if err != nil {
		return err
	}
	path, err := k.file(r)
	if err != nil {
		return err
	}
	return stream(c.Out, path)
}

func (k *Cat) file(r *runs.Run) (string, error) {
	switch {
	case k.Output:
		return r.GuildPath("output"), nil
	case !k.Sourcecode:
		return r.Path(filepath.FromSlash(k.Path)), nil
	}
	want := filepath.ToSlash(filepath.Clean(k.Path))
	entries, err := r.Manifest()
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if e.Kind == runs.SourceEntry && (e.Path == want || len(e.Source) == 1 && e.Source[0] == want) {
			return r.Path(filepath.FromSlash(e.Path)), nil
		}
	}
	return r.GuildPath(runs.OldSourcecode, filepath.FromSlash(k.Path)), nil
}

// stream copies what the file holds now: a run that prints faster than out takes it would never come to an end.
func stream(out io.Writer, path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s does not exist", path)
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	if st.IsDir() {
		return fmt.Errorf("%s is a directory: 'guild ls -p PATH' lists it", path)
	}
	var from io.Reader = f
	if st.Mode().IsRegular() {
		from = io.LimitReader(f, st.Size())
	}
	_, err = io.Copy(out, from)
	return err
}
