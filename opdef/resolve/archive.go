package resolve

import (
	"archive/tar"
	"archive/zip"
	"compress/bzip2"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"guild/runs/plainfile"
)

// Types of archives.
const (
	archiveTar  = "tar"
	archiveZip  = "zip"
	archiveGzip = "gzip"
)

// archiveType is the given type of a file, or that which its name says; empty for no archive.
func archiveType(given, name string) string {
	if given != "" {
		return given
	}
	lower := strings.ToLower(filepath.Base(name))
	inner := strings.TrimSuffix(lower, filepath.Ext(lower))
	switch ext := filepath.Ext(lower); {
	case ext == ".zip":
		return archiveZip
	case ext == ".tar", ext == ".tgz", strings.HasSuffix(inner, ".tar"):
		return archiveTar
	case ext == ".gz":
		return archiveGzip
	}
	return ""
}

// unpack returns a directory of the cache with what is in an archive. That of an archive that changes is another one.
func (t *task) unpack(file, kind string) (string, error) {
	info, err := os.Stat(file)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum224(fmt.Appendf(nil, "%s\n%d\n%d", file, info.Size(), info.ModTime().UnixNano()))
	dir := filepath.Join(t.Cache, "resources", hex.EncodeToString(sum[:]))
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	if kind != archiveGzip {
		t.Say("Unpacking " + file)
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		return "", err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), ".unpack-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(tmp) }() // gone where it was renamed
	root, err := os.OpenRoot(tmp)
	if err != nil {
		return "", err
	}
	defer func() { _ = root.Close() }()
	f, err := plainfile.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	switch kind {
	case archiveZip:
		err = unzip(root, f, info.Size())
	case archiveTar:
		err = untar(root, f)
	case archiveGzip:
		err = gunzip(root, f, strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)))
	default:
		return "", fmt.Errorf("'%s' cannot be unpacked (unsupported archive type '%s'; use tar, zip or gzip)", file, kind)
	}
	if err != nil {
		return "", fmt.Errorf("'%s' cannot be unpacked: %w", file, err)
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return "", err
	}
	if err := os.Rename(tmp, dir); err != nil {
		if _, statErr := os.Stat(dir); statErr != nil { // else somebody else was quicker
			return "", err
		}
	}
	return dir, nil
}

// write makes a file of an archive. A name that leads out of root is an error of the root.
func write(root *os.Root, name string, mode fs.FileMode, r io.Reader) error {
	if err := root.MkdirAll(path.Dir(name), 0o777); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode.Perm()|0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}

func unzip(root *os.Root, r io.ReaderAt, size int64) error {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return err
	}
	for _, f := range z.File {
		name := path.Clean(f.Name)
		if f.FileInfo().IsDir() {
			if err := root.MkdirAll(name, 0o777); err != nil {
				return err
			}
			continue
		}
		if !f.Mode().IsRegular() {
			continue // a link, which may lead anywhere
		}
		content, err := f.Open()
		if err != nil {
			return err
		}
		err = write(root, name, f.Mode(), content)
		if err := errors.Join(err, content.Close()); err != nil {
			return err
		}
	}
	return nil
}

// untar unpacks files and directories, and links that stay within the archive. The compression is found out from the content.
func untar(root *os.Root, r io.ReadSeeker) error {
	plain, err := decompress(r)
	if err != nil {
		return err
	}
	t := tar.NewReader(plain)
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name := path.Clean(h.Name)
		switch h.Typeflag {
		case tar.TypeDir:
			err = root.MkdirAll(name, 0o777)
		case tar.TypeReg:
			err = write(root, name, fs.FileMode(h.Mode), t)
		case tar.TypeSymlink:
			if filepath.IsLocal(path.Join(path.Dir(name), h.Linkname)) && !path.IsAbs(h.Linkname) {
				err = errors.Join(root.MkdirAll(path.Dir(name), 0o777), root.Symlink(h.Linkname, name))
			}
		case tar.TypeLink:
			err = errors.Join(root.MkdirAll(path.Dir(name), 0o777), root.Link(path.Clean(h.Linkname), name))
		}
		if err != nil {
			return err
		}
	}
}

func decompress(r io.ReadSeeker) (io.Reader, error) {
	var magic [3]byte
	n, err := io.ReadFull(r, magic[:])
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	switch head := string(magic[:n]); {
	case strings.HasPrefix(head, "\x1f\x8b"):
		return gzip.NewReader(r)
	case head == "BZh":
		return bzip2.NewReader(r), nil
	case strings.HasPrefix(head, "\xfd7z"):
		return nil, errors.New("xz is not supported; compress it with gzip, or set 'unpack: no'")
	}
	return r, nil
}

func gunzip(root *os.Root, r io.Reader, name string) error {
	z, err := gzip.NewReader(r)
	if err != nil {
		return err
	}
	return write(root, name, 0o666, z)
}
