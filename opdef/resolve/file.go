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
	path, err := t.projectPath(src)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return t.files(src, path, t.Project)
	}
	if src.SHA256 != "" {
		t.Say(fmt.Sprintf("WARNING: cannot verify '%s' because it's a directory", path))
	}
	if len(src.Select) == 0 {
		return []file{within(t.Project, path)}, t.postProcess(src, filepath.Dir(path))
	}
	if err := t.postProcess(src, path); err != nil {
		return nil, err
	}
	return selectFiles(path, t.Project, src.Select)
}

// projectPath is the absolute path of a file of the project.
func (t *task) projectPath(src *resource.Source) (string, error) {
	rel, err := flagvalue.ExpandFlags(src.Ref, t.Values)
	if err != nil {
		return "", fmt.Errorf("cannot resolve '%s' in %s: %w", src.Ref, src.ResolvingName(), err)
	}
	path := rel
	if !filepath.IsAbs(path) {
		path = filepath.Join(t.Project, rel)
	}
	if _, err := os.Stat(path); err != nil {
		if os.IsNotExist(err) {
			return "", fmt.Errorf("cannot find source file '%s'", rel)
		}
		return "", err
	}
	return path, nil
}

// findNamed finds the file that a flag names in place of that of the source.
func (t *task) findNamed(src *resource.Source, name string) ([]file, error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(t.CmdDir, name)
		if _, err := os.Stat(path); err != nil && filepath.Clean(name) == filepath.Clean(src.Ref) {
			path = filepath.Join(t.Project, name) // the default, from wherever the run was made
		}
	}
	if _, err := os.Stat(path); err != nil {
		if os.IsNotExist(err) {
			return nil, fmt.Errorf("%s does not exist", path)
		}
		return nil, err
	}
	shown, err := filepath.Rel(t.CmdDir, path)
	if err != nil {
		shown = path
	}
	t.Say(fmt.Sprintf("Using %s for %s", shown, src.ResolvingName()))
	found := []file{within(t.Project, path)}
	if src.Kind == resource.FromConfig {
		return t.configs(src, found)
	}
	return found, nil
}

// files are what there is of one file: the file, or the selected part of an archive.
func (t *task) files(src *resource.Source, path, root string) ([]file, error) {
	if src.SHA256 != "" {
		sum, err := sha256Of(path)
		if err != nil {
			return nil, err
		}
		if !strings.EqualFold(sum, src.SHA256) {
			return nil, fmt.Errorf("'%s' has an unexpected sha256 (expected %s but got %s)", path, src.SHA256, sum)
		}
	}
	kind := ""
	if src.Unpack {
		kind = archiveType(src.ArchiveType, path)
	}
	if kind == "" {
		return []file{within(root, path)}, t.postProcess(src, filepath.Dir(path))
	}
	dir, err := t.unpack(path, kind)
	if err != nil {
		return nil, err
	}
	if err := t.postProcess(src, dir); err != nil {
		return nil, err
	}
	found, err := selectFiles(dir, dir, src.Select)
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
