package archive

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"guild/runs/plainfile"
)

// verifier is a sink that compares files of the original with the copy. An original is removed only if there is no difference.
type verifier struct {
	ctx  context.Context
	copy copyOf
}

// copyOf is the copy of a run, in a directory or zip file.
type copyOf interface {
	isDir(name string) error
	readLink(name string) (string, error)
	open(name string) (io.ReadCloser, error)
}

// verify compares the run in dir with its copy.
func (t *Transfer) verify(ctx context.Context, dir string, c copyOf) error {
	if _, err := t.walk(ctx, dir, verifier{ctx, c}); err != nil {
		return fmt.Errorf("what was copied is not the same as the original, which stays: %w", err)
	}
	return nil
}

func (v verifier) dir(name string, _ os.FileInfo) error { return v.copy.isDir(name) }
func (v verifier) endDir(string, os.FileInfo) error     { return nil }

func (v verifier) link(name, text string, _ os.FileInfo) error {
	copied, err := v.copy.readLink(name)
	if err == nil && copied != text {
		err = fmt.Errorf("%s: the link leads to %s", name, copied)
	}
	return err
}

func (v verifier) file(name string, in *os.File, _ os.FileInfo) error {
	copied, err := v.copy.open(name)
	if err != nil {
		return err
	}
	defer func() { _ = copied.Close() }()
	const size = 256 << 10
	a, b := make([]byte, size), make([]byte, size)
	for {
		if err := v.ctx.Err(); err != nil {
			return err
		}
		na, errA := io.ReadFull(in, a)
		nb, errB := io.ReadFull(copied, b)
		switch {
		case errA != nil && !atEnd(errA):
			return fmt.Errorf("%s: %w", name, errA)
		case errB != nil && !atEnd(errB): // includes a wrong checksum in a zip file
			return fmt.Errorf("%s: %w", name, errB)
		case !bytes.Equal(a[:na], b[:nb]):
			return fmt.Errorf("%s: the contents differ", name)
		case errA != nil && errB != nil:
			return nil
		}
	}
}

func atEnd(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// dirCopy is a copy in a directory.
type dirCopy string

func (d dirCopy) path(name string) string { return filepath.Join(string(d), filepath.FromSlash(name)) }

func (d dirCopy) isDir(name string) error {
	st, err := os.Lstat(d.path(name))
	if err == nil && !st.IsDir() {
		err = fmt.Errorf("%s: no directory", name)
	}
	return err
}

func (d dirCopy) readLink(name string) (string, error)    { return os.Readlink(d.path(name)) }
func (d dirCopy) open(name string) (io.ReadCloser, error) { return plainfile.Open(d.path(name)) }

// zipCopy is a copy in a zip file: its entries by name.
type zipCopy struct {
	id    string
	files map[string]*zip.File
}

func (z zipCopy) find(name string) (*zip.File, error) {
	if f := z.files[strings.TrimSuffix(z.id+"/"+name, "/.")]; f != nil {
		return f, nil
	}
	return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
}

func (z zipCopy) isDir(name string) error {
	if name == "." {
		name = ""
	}
	_, err := z.find(strings.TrimPrefix(name+"/", "/"))
	return err
}

func (z zipCopy) readLink(name string) (string, error) {
	in, err := z.open(name)
	if err != nil {
		return "", err
	}
	defer func() { _ = in.Close() }()
	text, err := io.ReadAll(in)
	return string(text), err
}

func (z zipCopy) open(name string) (io.ReadCloser, error) {
	f, err := z.find(name)
	if err != nil {
		return nil, err
	}
	return f.Open()
}
