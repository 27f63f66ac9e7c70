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

	"guild/runs/leftover"
	"guild/runs/plainfile"
)

// walker walks through the files of a run and passes them to a sink.
type walker struct {
	ctx    context.Context
	to     sink
	follow bool // follow links
	unfit  func(unfit)
}

// sink receives the files of a run. Names are paths below the run directory, with slashes; the run directory is a dot.
type sink interface {
	dir(name string, st os.FileInfo) error
	endDir(name string, st os.FileInfo) error // called after the directory's entries
	link(name, text string, st os.FileInfo) error
	file(name string, in *os.File, st os.FileInfo) error
}

// unfit is an entry of a run that cannot be copied, with the reason.
type unfit struct{ name, what string }

func (u unfit) String() string { return u.name + " (" + u.what + ")" }

// walk passes a run directory and everything in it to a sink. It returns what was left out.
func (t *Transfer) walk(ctx context.Context, dir string, to sink) (left []unfit, err error) {
	st, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	w := walker{ctx: ctx, to: to, follow: t.CopyResources, unfit: func(u unfit) { left = append(left, u) }}
	err = w.dir(dir, ".", []os.FileInfo{st})
	return left, err
}

// dir passes a directory and its entries to the sink. above are its parent directories up to the run directory, and itself.
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
		if leftover.IsTemporary(entry) {
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

// misfit returns why an entry of a run cannot be copied, or an empty string if it can.
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

// inGuild reports whether a path of a run belongs to .guild.
func inGuild(name string) bool { return name == ".guild" || strings.HasPrefix(name, ".guild/") }

// look returns information about an entry of a directory, or if links are followed, about the target. A link without a target, or below
// .guild, is not followed; a link to a directory that contains it is an error.
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

// nowhere is a sink that discards everything. It serves to find unfit entries.
type nowhere struct{}

func (nowhere) dir(string, os.FileInfo) error            { return nil }
func (nowhere) endDir(string, os.FileInfo) error         { return nil }
func (nowhere) link(string, string, os.FileInfo) error   { return nil }
func (nowhere) file(string, *os.File, os.FileInfo) error { return nil }

// reader reads from r until its context ends, and reports the bytes to progress.
type reader struct {
	ctx context.Context
	io.Reader
	progress Progress // may be nil
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
