package archive

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"guild/runs/unpack"
)

// unpacker unpacks runs of a zip file.
type unpacker struct {
	ctx   context.Context
	files map[string][]*zip.File // by run id
	limit *unpack.Limit          // for all runs together

	progress Progress // may be nil
}

func newUnpacker(ctx context.Context, p Place, z *zip.Reader) (*unpacker, error) {
	st, err := os.Stat(p.Path)
	if err != nil {
		return nil, fmt.Errorf("cannot read from %s: %w", p.Name, err)
	}
	limit, err := unpack.NewLimit(p.Name, st.Size())
	if err != nil {
		return nil, err
	}
	u := &unpacker{ctx: ctx, files: map[string][]*zip.File{}, limit: limit}
	for _, f := range z.File {
		id, _, _ := strings.Cut(f.Name, "/")
		u.files[id] = append(u.files[id], f)
	}
	return u, nil
}

// unpackRecords unpacks the directory .guild of each run, without the output, below dir. That is enough to list the runs.
func unpackRecords(ctx context.Context, p Place, dir string) error {
	z, err := openZip(p)
	if err != nil {
		return err
	}
	defer func() { _ = z.Close() }()
	u, err := newUnpacker(ctx, p, &z.Reader)
	if err != nil {
		return err
	}
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
		if _, err := u.unpack(id, filepath.Join(dir, id)); err != nil {
			return fmt.Errorf("cannot read from %s: %w", p.Name, err)
		}
	}
	return nil
}

// unpack unpacks the files of a run to a directory and returns what it left out. No name in the zip file can make it write outside the
// directory.
func (u *unpacker) unpack(id, dir string) (left []unfit, err error) {
	to, err := unpack.Open(dir, u.limit)
	if err != nil {
		return nil, err
	}
	defer func() { _ = to.Close() }()
	for _, f := range u.files[id] {
		if err := u.ctx.Err(); err != nil {
			return nil, err
		}
		name := strings.TrimPrefix(strings.TrimPrefix(f.Name, id), "/")
		if what := misfit(path.Clean(name), f.Mode()); what != "" {
			left = append(left, unfit{path.Clean(name), what})
			continue
		}
		switch {
		case strings.HasSuffix(f.Name, "/") || name == "":
			err = to.Mkdir(name, f.Mode().Perm())
		case f.Mode()&fs.ModeSymlink != 0:
			err = noteLink(to, f, name)
		default:
			err = u.file(to, f, name)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return left, to.MakeLinks()
}

func (u *unpacker) file(to *unpack.Dir, f *zip.File, name string) error {
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	if err := to.File(name, f.Mode(), reader{u.ctx, in, u.progress}); err != nil {
		return err
	}
	return to.SetTime(name, f.Modified)
}

func noteLink(to *unpack.Dir, f *zip.File, name string) error {
	in, err := f.Open()
	if err != nil {
		return err
	}
	text, err := unpack.ReadLink(in)
	if err := errors.Join(err, in.Close()); err != nil {
		return err
	}
	return to.Symlink(name, text)
}
