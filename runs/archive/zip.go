package archive

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"guild/runs"
)

// ToZip takes runs of a store to a zip file, which is made if it is not there. Runs that it has already stay as they are.
func (t *Transfer) ToZip(ctx context.Context, s *runs.Store, list []*runs.Run, file string) (res Result, err error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return res, fmt.Errorf("cannot write to %s: %w", file, err)
	}
	runs.ClearDead(filepath.Dir(file))
	perm := fs.FileMode(0o666) // less the umask, for a new file
	if st, err := os.Stat(file); err == nil {
		perm = st.Mode().Perm()
	}
	tmp, err := os.OpenFile(filepath.Join(filepath.Dir(file), runs.TempName(filepath.Base(file))), os.O_RDWR|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return res, fmt.Errorf("cannot write to %s: %w", file, err)
	}
	defer func() {
		_ = tmp.Close()
		_ = os.Remove(tmp.Name()) // once it is in its place, there is nothing of this name
	}()
	w := &packer{zip.NewWriter(tmp)}
	known, err := w.copyOld(ctx, file)
	if err != nil {
		return res, err
	}
	var taken []*runs.Run
	var releases []func() // of runs that are moved: they stay as they are until the file is in its place
	defer func() {
		for _, release := range releases {
			release()
		}
	}()
	res, err = t.each(ctx, list, func(r *runs.Run) error {
		if known[r.ID] {
			return errExists
		}
		release, err := hold(r)
		if err != nil {
			return err
		}
		if t.Move {
			releases = append(releases, release)
		} else {
			defer release()
		}
		t.announce(r)
		if err := t.walk(ctx, r.Dir, w, r.ID); err != nil {
			return fmt.Errorf("cannot write run %s to %s: %w", r.ShortID(), file, err)
		}
		taken = append(taken, r)
		return nil
	})
	if err != nil {
		return Result{}, err
	}
	if len(taken) == 0 {
		return res, nil
	}
	if err := errors.Join(w.zip.Close(), tmp.Sync(), tmp.Close()); err != nil {
		return Result{}, fmt.Errorf("cannot write to %s: %w", file, err)
	}
	if err := os.Rename(tmp.Name(), file); err != nil {
		return Result{}, fmt.Errorf("cannot write to %s: %w", file, err)
	}
	for i, r := range taken {
		if !t.Move {
			break
		}
		releases[i]()
		if err := s.Delete(r, true); err != nil && !errors.Is(err, runs.ErrNotFound) {
			return res, fmt.Errorf("run %s was exported, and stays: %w", r.ShortID(), err)
		}
	}
	return res, nil
}

// packer takes files to a zip file.
type packer struct{ zip *zip.Writer }

// copyOld copies what a zip file has, if it is there, and returns the names of the runs in it.
func (w *packer) copyOld(ctx context.Context, file string) (known map[string]bool, err error) {
	known = map[string]bool{}
	z, err := zip.OpenReader(file)
	if errors.Is(err, fs.ErrNotExist) {
		return known, nil
	}
	if errors.Is(err, zip.ErrFormat) {
		return nil, fmt.Errorf("cannot write to %s: File is not a zip file", file)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot write to %s: %w", file, err)
	}
	defer func() { _ = z.Close() }()
	for _, f := range z.File {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := w.zip.Copy(f); err != nil {
			return nil, fmt.Errorf("cannot copy what %s has: %w", file, err)
		}
		id, _, _ := strings.Cut(f.Name, "/")
		known[id] = true
	}
	return known, nil
}

func (w *packer) create(name string, st os.FileInfo) (io.Writer, error) {
	h, err := zip.FileInfoHeader(st)
	if err != nil {
		return nil, err
	}
	h.Name = name
	if st.Mode().IsRegular() {
		h.Method = zip.Deflate
	}
	return w.zip.CreateHeader(h)
}

func (w *packer) dir(name string, st os.FileInfo) error {
	_, err := w.create(name+"/", st)
	return err
}

func (w *packer) endDir(string, os.FileInfo) error { return nil }

func (w *packer) link(name, text string, st os.FileInfo) error {
	return w.file(name, strings.NewReader(text), st)
}

func (w *packer) file(name string, in io.Reader, st os.FileInfo) error {
	to, err := w.create(name, st)
	if err == nil {
		_, err = io.Copy(to, in)
	}
	return err
}

// unpacker unpacks runs.
type unpacker struct {
	ctx   context.Context
	files map[string][]*zip.File // of a run

	progress Progress // or nil
}

func newUnpacker(ctx context.Context, z *zip.Reader) *unpacker {
	u := &unpacker{ctx: ctx, files: map[string][]*zip.File{}}
	for _, f := range z.File {
		id, _, _ := strings.Cut(f.Name, "/")
		u.files[id] = append(u.files[id], f)
	}
	return u
}

// unpackRecords unpacks of each run what says which run it is, its directory .guild without the output, below dir.
func unpackRecords(ctx context.Context, p Place, dir string) error {
	z, err := openZip(p)
	if err != nil {
		return err
	}
	defer func() { _ = z.Close() }()
	u := newUnpacker(ctx, &z.Reader)
	for id, files := range u.files {
		if !filepath.IsLocal(id) || id[0] == '.' {
			continue
		}
		u.files[id] = slices.DeleteFunc(files, func(f *zip.File) bool {
			rest, ok := strings.CutPrefix(f.Name, id+"/.guild/")
			return !ok || rest == "output" || strings.HasPrefix(rest, "sourcecode/")
		})
		if len(u.files[id]) == 0 {
			continue
		}
		if err := os.Mkdir(filepath.Join(dir, id), 0o777); err != nil {
			return fmt.Errorf("read %s: %w", p.Name, err)
		}
		if err := u.unpack(id, filepath.Join(dir, id)); err != nil {
			return fmt.Errorf("cannot read from %s: %w", p.Name, err)
		}
	}
	return nil
}

// unpack unpacks the files of a run to a directory. Whatever their names, none comes to lie outside of it; links are made last,
// so that nothing is written through them.
func (u *unpacker) unpack(id, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	var links []*zip.File
	for _, f := range u.files[id] {
		if err := u.ctx.Err(); err != nil {
			return err
		}
		name := strings.TrimPrefix(strings.TrimPrefix(f.Name, id), "/")
		switch {
		case strings.HasSuffix(f.Name, "/") || name == "":
			err = mkdir(root, strings.TrimSuffix(name, "/"), f.Mode().Perm())
		case f.Mode()&fs.ModeSymlink != 0:
			links = append(links, f)
		case f.Mode().IsRegular():
			err = u.file(root, f, name)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	for _, f := range links {
		if err := link(root, f, strings.TrimPrefix(f.Name, id+"/")); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

// mkdir makes a directory that is open to no more people than it was. A zip file need not say to whom that is.
func mkdir(root *os.Root, name string, perm fs.FileMode) error {
	if name == "" || perm == 0 {
		return mkdirAll(root, name)
	}
	if err := mkdirAll(root, path.Dir(name)); err != nil {
		return err
	}
	if err := root.Mkdir(name, perm|0o700); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return mkdirAll(root, name)
}

func mkdirAll(root *os.Root, name string) error {
	if name == "" || name == "." {
		return nil
	}
	return root.MkdirAll(name, 0o777)
}

func (u *unpacker) file(root *os.Root, f *zip.File, name string) error {
	if err := mkdirAll(root, path.Dir(name)); err != nil {
		return err
	}
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.Mode().Perm()|0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, reader{u.ctx, in, u.progress})
	if err := errors.Join(err, out.Close()); err != nil {
		return err
	}
	return root.Chtimes(name, f.Modified, f.Modified)
}

func link(root *os.Root, f *zip.File, name string) error {
	const longest = 1 << 12
	if err := mkdirAll(root, path.Dir(name)); err != nil {
		return err
	}
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	text, err := io.ReadAll(io.LimitReader(in, longest))
	if err != nil {
		return err
	}
	return root.Symlink(string(text), name)
}
