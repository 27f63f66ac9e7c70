package doctest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

func (s *session) fileHelpers() map[string]helper {
	return map[string]helper{
		"write":           s.write,
		"open":            s.open,
		"touch":           onPath(s.touch),
		"mkdir":           onPath(func(p string) error { return pythonError(os.Mkdir(s.resolve(p), 0o777), p) }),
		"ensure_dir":      onPath(func(p string) error { return pythonError(os.MkdirAll(s.resolve(p), 0o777), p) }),
		"rm":              s.rm,
		"rmdir":           s.rmdir,
		"symlink":         onPaths("dst", s.symlink),
		"copyfile":        onPaths("dst", s.copyFile),
		"copytree":        onPaths("dest", s.copyTree),
		"make_executable": onPath(s.makeExecutable),
		"sha256":          s.sha256,
		"shlex_quote":     ofText(func(t string) starlark.Value { return starlark.String(shellQuote(t)) }),
		"normlf":          ofText(func(t string) starlark.Value { return starlark.String(strings.ReplaceAll(t, "\r", "")) }),
	}
}

// contents returns what a document writes: text as UTF-8, bytes as they are.
func contents(v starlark.Value) (string, error) {
	switch v := v.(type) {
	case starlark.String:
		return string(v), nil
	case starlark.Bytes:
		return string(v), nil
	}
	return "", pystar.Errorf("TypeError", "a bytes-like object is required, not '%s'", pystar.TypeName(v))
}

func (s *session) write(a arguments) (starlark.Value, error) {
	var name string
	var value starlark.Value
	var add bool
	if err := a.unpack("filename", &name, "contents", &value, "append?", &add); err != nil {
		return nil, err
	}
	data, err := contents(value)
	if err != nil {
		return nil, err
	}
	mode := os.O_TRUNC
	if add {
		mode = os.O_APPEND
	}
	f, err := os.OpenFile(s.resolve(name), os.O_WRONLY|os.O_CREATE|mode, 0o666)
	if err != nil {
		return nil, pythonError(err, name)
	}
	_, err = f.WriteString(data)
	return starlark.None, pythonError(errors.Join(err, f.Close()), name)
}

func (s *session) touch(name string) error {
	f, err := os.OpenFile(s.resolve(name), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return pythonError(err, name)
	}
	now := time.Now()
	return pythonError(errors.Join(f.Close(), os.Chtimes(s.resolve(name), now, now)), name)
}

func (s *session) rm(a arguments) (starlark.Value, error) {
	var name string
	var force bool
	if err := a.unpack("path", &name, "force?", &force); err != nil {
		return nil, err
	}
	if _, err := os.Stat(s.resolve(name)); force && isNotExist(err) {
		return starlark.None, nil
	}
	return starlark.None, s.unlink(name)
}

// unlink removes a file or link; os.Remove would take an empty directory, too.
func (s *session) unlink(name string) error {
	path := s.resolve(name)
	if info, err := os.Lstat(path); err == nil && info.IsDir() {
		return pythonError(syscall.EISDIR, name)
	}
	return pythonError(os.Remove(path), name)
}

func (s *session) rmdir(a arguments) (starlark.Value, error) {
	var name string
	var force bool
	if err := a.unpack("path", &name, "force?", &force); err != nil {
		return nil, err
	}
	path := s.resolve(name)
	if _, err := os.Lstat(path); err != nil && !force {
		return nil, pythonError(err, name)
	}
	return starlark.None, pythonError(os.RemoveAll(path), name)
}

func (s *session) symlink(target, link string) error {
	return pythonError(os.Symlink(target, s.resolve(link)), target, link)
}

func (s *session) copyFile(src, dst string) error {
	to := s.resolve(dst)
	if s.isDir(dst) {
		to = joinPaths(to, basename(src))
	}
	return pythonError(copyRegular(s.resolve(src), to), src)
}

// copyRegular copies a file with its mode and times.
func copyRegular(src, dst string) (err error) {
	in, err := os.Open(src)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // only read from
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.Create(dst)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	if err := os.Chmod(dst, info.Mode().Perm()); err != nil {
		return err
	}
	return os.Chtimes(dst, info.ModTime(), info.ModTime())
}

// copyTree copies a directory, into an existing one too. Links stay links.
func (s *session) copyTree(src, dst string) error {
	from, to := s.resolve(src), s.resolve(dst)
	if info, err := os.Stat(from); err == nil && !info.IsDir() {
		return pythonError(syscall.ENOTDIR, src)
	}
	err := filepath.WalkDir(from+"/", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case d.IsDir():
			return os.MkdirAll(target, 0o777)
		case d.Type()&fs.ModeSymlink != 0:
			link, err := os.Readlink(path)
			if err != nil {
				return err
			}
			_ = os.Remove(target) // a link there is replaced; anything else makes Symlink fail
			return os.Symlink(link, target)
		}
		return copyRegular(path, target)
	})
	return pythonError(err, src)
}

func (s *session) makeExecutable(name string) error {
	info, err := os.Stat(s.resolve(name))
	if err != nil {
		return pythonError(err, name)
	}
	return pythonError(os.Chmod(s.resolve(name), info.Mode().Perm()|0o111), name)
}

func (s *session) sha256(a arguments) (starlark.Value, error) {
	var name string
	if err := a.unpack("path", &name); err != nil {
		return nil, err
	}
	f, err := os.Open(s.resolve(name))
	if err != nil {
		return nil, pythonError(err, name)
	}
	defer func() { _ = f.Close() }() // only read from
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return nil, pythonError(err, name)
	}
	return starlark.String(hex.EncodeToString(h.Sum(nil))), nil
}

// shellQuote quotes a word for a POSIX shell. A word that stands in single quotes itself is put in double quotes.
func shellQuote(word string) string {
	const safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./-_"
	if word != "" && strings.Trim(word, safe) == "" {
		return word
	}
	quoted := "'" + strings.ReplaceAll(word, "'", `'"'"'`) + "'"
	const opening, closing = `''"'"'`, `'"'"''`
	if len(quoted) >= len(opening)+len(closing) && strings.HasPrefix(quoted, opening) && strings.HasSuffix(quoted, closing) {
		return `"'` + quoted[len(opening):len(quoted)-len(closing)] + `'"`
	}
	return quoted
}
