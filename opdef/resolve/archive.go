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

	"guild/runs/dirmode"
	"guild/runs/plainfile"
	"guild/runs/unpack"
)

// Types of archives.
const (
	archiveTar  = "tar"
	archiveZip  = "zip"
	archiveGzip = "gzip"
)

// archiveType returns the given type of a file, or the type that its name implies; empty if it is not an archive.
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

// unpack returns a directory of the cache with the contents of an archive. A changed archive gets another directory.
func (t *task) unpack(file, kind string) (string, error) {
	info, err := os.Stat(file)
	if err != nil {
		return "", err
	}
	const form = "inner links" // in the digest, since directories of earlier versions may have links that lead elsewhere
	sum := sha256.Sum224(fmt.Appendf(nil, "%s\n%s\n%d\n%d", form, file, info.Size(), info.ModTime().UnixNano()))
	dir := filepath.Join(t.Cache, "resources", hex.EncodeToString(sum[:]))
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	if kind != archiveGzip {
		t.Say("Unpacking " + file)
	}
	if err := dirmode.MakeAll(filepath.Dir(dir)); err != nil {
		return "", err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), ".unpack-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(tmp) }() // does nothing after a successful rename
	limit, err := unpack.NewLimit(file, info.Size())
	if err != nil {
		return "", err
	}
	to, err := unpack.Open(tmp, limit)
	if err != nil {
		return "", err
	}
	defer func() { _ = to.Close() }()
	f, err := plainfile.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	switch kind {
	case archiveZip:
		err = unzip(to, f, info.Size())
	case archiveTar:
		err = untar(to, f)
	case archiveGzip:
		err = gunzip(to, f, strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)))
	default:
		return "", fmt.Errorf("'%s' cannot be unpacked (unsupported archive type '%s'; use tar, zip or gzip)", file, kind)
	}
	var left []string
	if err == nil {
		left, err = to.MakeInnerLinks()
	}
	if err != nil {
		return "", fmt.Errorf("'%s' cannot be unpacked: %w", file, err)
	}
	for _, name := range left {
		t.Say(fmt.Sprintf("WARNING: the link %s in %s leads nowhere within it and is left out", name, file))
	}
	if err := errors.Join(os.Chmod(tmp, 0o755), dirmode.Of(filepath.Dir(dir)).Share(tmp)); err != nil {
		return "", err
	}
	if err := os.Rename(tmp, dir); err != nil {
		if _, statErr := os.Stat(dir); statErr != nil { // otherwise another process was faster
			return "", err
		}
	}
	return dir, nil
}

func unzip(to *unpack.Dir, r io.ReaderAt, size int64) error {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return err
	}
	for _, f := range z.File {
		if err := unzipFile(to, f); err != nil {
			return err
		}
	}
	return nil
}

func unzipFile(to *unpack.Dir, f *zip.File) error {
	if f.FileInfo().IsDir() {
		return to.Mkdir(f.Name, f.Mode().Perm())
	}
	if !f.Mode().IsRegular() && f.Mode()&fs.ModeSymlink == 0 {
		return nil // a device or a pipe
	}
	content, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	if f.Mode().IsRegular() {
		return to.File(path.Clean(f.Name), f.Mode(), content)
	}
	target, err := unpack.ReadLink(content)
	if err != nil {
		return err
	}
	return to.Symlink(f.Name, target)
}

// untar unpacks files, directories and links. The content determines the compression.
func untar(to *unpack.Dir, r io.ReadSeeker) error {
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
		switch name := path.Clean(h.Name); h.Typeflag {
		case tar.TypeDir:
			err = to.Mkdir(name, fs.FileMode(h.Mode).Perm())
		case tar.TypeReg:
			err = to.File(name, fs.FileMode(h.Mode), t)
		case tar.TypeSymlink:
			err = to.Symlink(name, h.Linkname)
		case tar.TypeLink:
			err = to.Hardlink(name, h.Linkname)
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

func gunzip(to *unpack.Dir, r io.Reader, name string) error {
	z, err := gzip.NewReader(r)
	if err != nil {
		return err
	}
	return to.File(name, 0o644, z)
}
