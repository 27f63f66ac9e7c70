package resolve

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"guild/opdef/flagvalue"
	"guild/opdef/resource"
	"guild/runs/plainfile"
)

// findFile finds a file or directory of the project.
func (t *task) findFile(src *resource.Source) ([]file, error) {
	origin, err := t.projectFile(src)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(origin.contents())
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return t.files(src, origin)
	}
	if src.SHA256 != "" {
		t.Say(fmt.Sprintf("WARNING: cannot verify '%s' because it's a directory", origin.path))
	}
	if len(src.Select) == 0 {
		return []file{origin}, t.postProcess(src, origin, filepath.Dir(origin.path))
	}
	if err := t.postProcess(src, origin, origin.path); err != nil {
		return nil, err
	}
	found, err := selectFiles(origin.contents(), src.Select)
	for i, f := range found {
		found[i] = within(t.Project, filepath.Join(origin.path, filepath.FromSlash(f.rel)))
		if origin.kept != "" {
			found[i].kept = f.path
		}
	}
	return found, err
}

// projectFile finds the file or directory of the project that a source names.
func (t *task) projectFile(src *resource.Source) (file, error) {
	rel, err := flagvalue.ExpandFlags(src.Ref, t.Values)
	if err != nil {
		return file{}, fmt.Errorf("cannot resolve '%s' in %s: %w", src.Ref, src.ResolvingName(), err)
	}
	path := rel
	if !filepath.IsAbs(path) {
		path = filepath.Join(t.Project, rel)
	}
	f := t.withKept(within(t.Project, path))
	if _, err := os.Stat(f.contents()); err != nil {
		if os.IsNotExist(err) {
			return file{}, fmt.Errorf("cannot find source file '%s'", rel)
		}
		return file{}, err
	}
	return f, nil
}

// findNamed finds the file that a flag names in place of the source's file.
func (t *task) findNamed(src *resource.Source, name string) ([]file, error) {
	f, err := t.namedFile(src, name)
	if err != nil {
		return nil, err
	}
	shown, err := filepath.Rel(t.CmdDir, f.path)
	if err != nil {
		shown = f.path
	}
	t.Say(fmt.Sprintf("Using %s for %s", shown, src.ResolvingName()))
	found := []file{f}
	if src.Kind == resource.FromConfig {
		return t.configs(src, found)
	}
	return found, nil
}

// namedFile finds the file or directory that is the value of the flag for a source.
func (t *task) namedFile(src *resource.Source, name string) (file, error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(t.CmdDir, name)
	}
	f := t.withKept(within(t.Project, path))
	_, err := os.Stat(f.contents())
	if err != nil && filepath.Clean(name) == filepath.Clean(src.Ref) { // the default, for any current directory
		byProject := t.withKept(within(t.Project, filepath.Join(t.Project, name)))
		if _, projectErr := os.Stat(byProject.contents()); projectErr == nil {
			return byProject, nil
		}
	}
	if os.IsNotExist(err) {
		err = fmt.Errorf("%s does not exist", path)
	}
	return f, err
}

// files returns the files that one file provides: the file itself, or the selected part of an archive.
func (t *task) files(src *resource.Source, origin file) ([]file, error) {
	path := origin.contents()
	if src.SHA256 != "" {
		sum, err := sha256Of(path)
		if err != nil {
			return nil, err
		}
		if !strings.EqualFold(sum, src.SHA256) {
			return nil, fmt.Errorf("'%s' has an unexpected sha256 (expected %s but got %s)", origin.path, src.SHA256, sum)
		}
	}
	kind := ""
	if src.Unpack {
		kind = archiveType(src.ArchiveType, path)
	}
	if kind == "" {
		return []file{origin}, t.postProcess(src, origin, filepath.Dir(origin.path))
	}
	dir, err := t.unpack(path, kind)
	if err != nil {
		return nil, err
	}
	if err := t.postProcess(src, file{}, dir); err != nil {
		return nil, err
	}
	found, err := selectFiles(dir, src.Select)
	for i := range found {
		found[i].packed = true
	}
	return found, err
}

func sha256Of(path string) (string, error) {
	f, err := plainfile.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
