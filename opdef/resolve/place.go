package resolve

import (
	"cmp"
	"crypto/sha1" // the form of manifests
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"guild/opdef/flagvalue"
	"guild/opdef/resource"
	"guild/runs/clone"
	"guild/runs/plainfile"
)

// errPlace is an error about the destination of a file. It names the resource itself.
type errPlace struct{ err error }

func (e errPlace) Error() string { return e.err.Error() }
func (e errPlace) Unwrap() error { return e.err }

// place puts a file into the run directory.
func (t *task) place(src *resource.Source, f file) error {
	rel, err := t.target(src, f)
	if err != nil {
		return errPlace{err}
	}
	if f.under != "" {
		rel = path.Join(path.Dir(rel), f.under, path.Base(rel))
	}
	target := filepath.Join(t.RunDir, filepath.FromSlash(rel))
	if target == f.path {
		return nil
	}
	kind := t.res.TargetTypeOf(src)
	_, err = os.Lstat(target)
	exists := err == nil
	if exists && !src.ReplaceExisting && !leadsNowhere(target) && !t.placedBefore(src, rel) {
		t.Say(fmt.Sprintf("WARNING: %s already exists, skipping %s", target, kind))
		return nil
	}
	if kind == resource.TargetLink && t.staging != nil {
		t.Say(fmt.Sprintf("WARNING: %s is linked to %s and not frozen: changes reach the run until it has ended ('target-type: copy' freezes it)",
			rel, f.path))
	}
	if err := t.put(kind, f, rel, exists); err != nil {
		return err
	}
	sum, err := sha1Of(target)
	if err != nil {
		return err
	}
	t.entries = append(t.entries, Entry{Path: rel, SHA1: sum, Source: f.origin(src)})
	return nil
}

// placedBefore reports whether a file comes from an earlier resolution of a source that is resolved again because flags have changed.
func (t *task) placedBefore(src *resource.Source, rel string) bool {
	uri, ok := t.Placed[rel]
	if !ok || !t.anew {
		return false
	}
	return uri == src.URI() || strings.HasPrefix(uri, src.Kind+":")
}

// leadsNowhere reports whether an entry which is there is a link to something that is not.
func leadsNowhere(link string) bool {
	_, err := os.Stat(link)
	return errors.Is(err, fs.ErrNotExist)
}

// origin returns the origin of a file: its path in the project or run, or the source and the path within it.
func (f file) origin(src *resource.Source) []string {
	switch {
	case f.packed:
		return []string{src.URI(), f.rel}
	case src.Kind == resource.FromFile && f.rel != "":
		return []string{"file:" + f.rel}
	}
	return []string{src.URI()}
}

// put first completes the target under a temporary name. If that fails, what is in its place stays.
func (t *task) put(kind string, f file, rel string, exists bool) error {
	if err := t.makeParent(rel); err != nil {
		return err
	}
	tmp := filepath.Join(t.set.Dir(), filepath.FromSlash(rel))
	if err := os.MkdirAll(filepath.Dir(tmp), 0o777); err != nil {
		return err
	}
	target := filepath.Join(t.RunDir, filepath.FromSlash(rel))
	var err error
	if kind == resource.TargetLink {
		err = link(f.path, filepath.Dir(target), tmp)
	} else {
		err = t.copyTree(f.contents(), tmp)
	}
	switch {
	case err != nil:
		return errors.Join(err, os.RemoveAll(tmp))
	case !exists:
		return os.Rename(tmp, target)
	}
	t.set.Put(rel)
	return t.set.Commit()
}

// makeParent makes the directory of a target within the run: it does not follow a link out of the run.
func (t *task) makeParent(rel string) error {
	root, err := os.OpenRoot(t.RunDir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	dir := path.Dir(rel)
	if err := root.MkdirAll(dir, 0o777); err != nil {
		return errPlace{fmt.Errorf("'%s' of %s resource cannot be put into '%s' of the run: %w (use another target-path, or 'target-type: copy' "+
			"for what makes that a link)", path.Base(rel), t.res.ResolvingName(), dir, err)}
	}
	return nil
}

// link makes the link name to path, relative to dir, where the link will be: so links stay valid when a whole store is moved.
func link(path, dir, name string) error {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(real, path)
	if err != nil {
		rel = path
	}
	return os.Symlink(rel, name)
}

// copyTree copies a file, or a directory with its contents. It follows links to files. Other entries of a directory are skipped with a
// message.
func (t *task) copyTree(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		if !info.Mode().IsRegular() {
			return fmt.Errorf("%s is neither a file nor a directory", from)
		}
		return clone.File(from, to)
	}
	if err := os.Mkdir(to, 0o777); err != nil {
		return err
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path, dst := filepath.Join(from, e.Name()), filepath.Join(to, e.Name())
		st, statErr := os.Stat(path)
		switch {
		case e.Type() == fs.ModeDir:
			err = t.copyTree(path, dst)
		case statErr == nil && st.Mode().IsRegular():
			err = clone.File(path, dst)
		default:
			t.Say(fmt.Sprintf("WARNING: %s is left out: it is no file or directory, or a link to none", path))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sha1Of returns the digest of a file for a manifest; a dash for anything else.
func sha1Of(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return "-", nil
	}
	f, err := plainfile.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	h := sha1.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// target returns the destination of a file, relative to the run directory, with slashes.
func (t *task) target(src *resource.Source, f file) (string, error) {
	dir := cmp.Or(src.TargetPath, t.res.TargetPath)
	dir, err := flagvalue.ExpandFlags(dir, t.Values)
	if err != nil {
		return "", fmt.Errorf("target-path of %s: %w", src.ResolvingName(), err)
	}
	if src.PreservePath || t.res.PreservePath {
		if dir != "" {
			t.Say(fmt.Sprintf("WARNING: target-path '%s' specified with preserve-path - ignoring", dir))
		}
		dir = path.Dir(f.rel)
	}
	if path.IsAbs(dir) {
		return "", fmt.Errorf("invalid path '%s' in %s resource (path must be relative)", dir, t.res.ResolvingName())
	}
	name, err := t.rename(src, filepath.Base(f.path))
	if err != nil {
		return "", err
	}
	rel := path.Join(dir, name)
	if !filepath.IsLocal(rel) || rel == "." || rel == ".guild" || hasDir(rel, ".guild") {
		return "", fmt.Errorf("invalid path '%s' in %s resource (it is not within the files of the run)", rel, t.res.ResolvingName())
	}
	return rel, nil
}

func hasDir(rel, dir string) bool {
	return len(rel) > len(dir) && rel[:len(dir)] == dir && rel[len(dir)] == '/'
}
