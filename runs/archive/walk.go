package archive

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"guild/runs"
	"guild/runs/plainfile"
)

// walker takes the files of a run elsewhere.
type walker struct {
	ctx    context.Context
	to     sink
	follow bool // take what links lead to in place of the links
	unfit  func(unfit)
}

// sink is where a walker takes files. Names are paths below the run directory with slashes, of that itself a dot.
type sink interface {
	dir(name string, st os.FileInfo) error
	endDir(name string, st os.FileInfo) error // after its entries
	link(name, text string, st os.FileInfo) error
	file(name string, in *os.File, st os.FileInfo) error
}

// unfit is what cannot be taken elsewhere.
type unfit struct{ name, what string }

func (u unfit) String() string { return u.name + " (" + u.what + ")" }

// walk takes a run directory, and all that is in it, to a sink. It returns what was left out.
func (t *Transfer) walk(ctx context.Context, dir string, to sink) (left []unfit, err error) {
	st, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	w := walker{ctx: ctx, to: to, follow: t.CopyResources, unfit: func(u unfit) { left = append(left, u) }}
	err = w.dir(dir, ".", []os.FileInfo{st})
	return left, err
}

// dir takes a directory; above are the directories that it is in, and itself.
func (w *walker) dir(from, name string, above []os.FileInfo) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	st := above[len(above)-1]
	if err := w.to.dir(name, st); err != nil {
		return err
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		entry := path.Join(name, e.Name())
		if runs.IsTemporary(entry) {
			continue
		}
		if err := w.entry(filepath.Join(from, e.Name()), entry, above); err != nil {
			return err
		}
	}
	return w.to.endDir(name, st)
}

func (w *walker) entry(from, name string, above []os.FileInfo) error {
	st, err := w.look(from, name, above)
	if err != nil {
		return err
	}
	if what := misfit(name, st.Mode()); what != "" {
		w.unfit(unfit{name, what})
		return nil
	}
	switch st.Mode().Type() {
	case fs.ModeSymlink:
		text, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return w.to.link(name, text, st)
	case fs.ModeDir:
		return w.dir(from, name, append(above[:len(above):len(above)], st))
	}
	in, err := plainfile.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	return w.to.file(name, in, st)
}

// misfit says what keeps an entry of a run from being taken elsewhere; empty for nothing.
func misfit(name string, mode fs.FileMode) string {
	switch mode.Type() {
	case 0, fs.ModeDir:
		return ""
	case fs.ModeSymlink:
		if inGuild(name) {
			return "a link among guild's own files, of which none is a link"
		}
		return ""
	case fs.ModeNamedPipe:
		return "a pipe"
	case fs.ModeSocket:
		return "a socket"
	}
	return "a device"
}

// inGuild tells guild's own files of a run.
func inGuild(name string) bool { return name == ".guild" || strings.HasPrefix(name, ".guild/") }

// look tells what an entry of a directory counts as: where links are followed, as what it leads to. One that leads nowhere, or is among
// guild's own files, stays what it is; one that leads back to a directory above is an error.
func (w *walker) look(from, name string, above []os.FileInfo) (os.FileInfo, error) {
	st, err := os.Lstat(from)
	if err != nil {
		return nil, err
	}
	if w.follow && st.Mode()&fs.ModeSymlink != 0 && !inGuild(name) {
		if target, err := os.Stat(from); err == nil {
			st = target
		}
	}
	if st.IsDir() && slices.ContainsFunc(above, func(a os.FileInfo) bool { return os.SameFile(a, st) }) {
		return nil, fmt.Errorf("%s leads back to a directory that it is in", from)
	}
	return st, nil
}

// nowhere is a sink for those who only want to know what is unfit.
type nowhere struct{}

func (nowhere) dir(string, os.FileInfo) error            { return nil }
func (nowhere) endDir(string, os.FileInfo) error         { return nil }
func (nowhere) link(string, string, os.FileInfo) error   { return nil }
func (nowhere) file(string, *os.File, os.FileInfo) error { return nil }

// reader ends with its context, and tells of what is read.
type reader struct {
	ctx context.Context
	io.Reader
	progress Progress // or nil
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.Reader.Read(p)
	if r.progress != nil {
		r.progress.Bytes(n)
	}
	return n, err
}
