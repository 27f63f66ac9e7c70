package doctest

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

func (s *session) diff(a arguments) (starlark.Value, error) {
	var x, y string
	if err := a.unpack("path1", &x, "path2", &y); err != nil {
		return nil, err
	}
	textX, errX := s.readText(x)
	textY, errY := s.readText(y)
	if err := errors.Join(errX, errY); err != nil {
		return nil, err
	}
	s.print(unifiedDiff(x, y, trimLines(textX), trimLines(textY)))
	return starlark.None, nil
}

func trimLines(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = strings.TrimRight(l, asciiSpace) + "\n"
		}
	}
	return strings.Join(lines, "")
}

// labelled is a (directory, label) pair of compare_dirs.
func labelled(v starlark.Value) (dir, label string, err error) {
	t, ok := v.(starlark.Tuple)
	if ok && len(t) == 2 {
		d, okD := t[0].(starlark.String)
		l, okL := t[1].(starlark.String)
		if okD && okL {
			return string(d), "/" + string(l), nil
		}
	}
	return "", "", pystar.Errorf("ValueError", "a directory must be given as a tuple of (dir, label)")
}

func (s *session) compareDirs(a arguments) (starlark.Value, error) {
	var x, y starlark.Value
	if err := a.unpack("d1", &x, "d2", &y); err != nil {
		return nil, err
	}
	dirX, labelX, err := labelled(x)
	if err != nil {
		return nil, err
	}
	dirY, labelY, err := labelled(y)
	if err != nil {
		return nil, err
	}
	return starlark.None, s.reportDirs(dirX, dirY, labelX, labelY)
}

// uncompared are the names that Python's filecmp leaves out.
var uncompared = []string{"RCS", "CVS", "tags", ".git", ".hg", ".bzr", "_darcs", "__pycache__"}

// reportDirs prints what two directories have in common, level by level.
func (s *session) reportDirs(x, y, labelX, labelY string) error {
	onlyX, common, err := s.splitNames(x, y)
	if err != nil {
		return err
	}
	onlyY, _, err := s.splitNames(y, x)
	if err != nil {
		return err
	}
	var same, differ, odd, dirs []string
	for _, name := range common {
		kind, err := s.compareEntries(joinPaths(x, name), joinPaths(y, name))
		if err != nil {
			return err
		}
		list := map[entryKind]*[]string{entrySame: &same, entryDiffers: &differ, entryOdd: &odd, entryDir: &dirs}[kind]
		*list = append(*list, name)
	}
	s.print("diff ", labelX, " ", labelY, "\n")
	for _, part := range []struct {
		title string
		names []string
	}{
		{"Only in " + labelX, onlyX}, {"Only in " + labelY, onlyY}, {"Identical files", same},
		{"Differing files", differ}, {"Common subdirectories", dirs}, {"Common funny cases", odd},
	} {
		if part.names != nil {
			s.print(part.title, " : ", pystar.Repr(listOf(part.names)), "\n")
		}
	}
	for _, name := range dirs {
		s.print("\n")
		if err := s.reportDirs(joinPaths(x, name), joinPaths(y, name), labelX+"/"+name, labelY+"/"+name); err != nil {
			return err
		}
	}
	return nil
}

// splitNames returns the names that only the first directory has, and those that both have.
func (s *session) splitNames(x, y string) (only, common []string, err error) {
	entries, err := os.ReadDir(s.resolve(x))
	if err != nil {
		return nil, nil, pythonError(err, x)
	}
	for _, e := range entries {
		name := e.Name()
		if slices.Contains(uncompared, name) {
			continue
		}
		if _, err := os.Lstat(filepath.Join(s.resolve(y), name)); err == nil {
			common = append(common, name)
		} else {
			only = append(only, name)
		}
	}
	return only, common, nil
}

type entryKind int

const (
	entrySame entryKind = iota
	entryDiffers
	entryDir
	entryOdd // of different kinds, or unreadable
)

func (s *session) compareEntries(x, y string) (entryKind, error) {
	infoX, errX := os.Stat(s.resolve(x))
	infoY, errY := os.Stat(s.resolve(y))
	switch {
	case errX != nil || errY != nil || infoX.Mode().Type() != infoY.Mode().Type():
		return entryOdd, nil
	case infoX.IsDir():
		return entryDir, nil
	case !infoX.Mode().IsRegular():
		return entryOdd, nil
	case infoX.Size() != infoY.Size():
		return entryDiffers, nil
	}
	dataX, errX := os.ReadFile(s.resolve(x))
	dataY, errY := os.ReadFile(s.resolve(y))
	if err := errors.Join(errX, errY); err != nil {
		return entryOdd, pythonError(err, x)
	}
	if string(dataX) == string(dataY) {
		return entrySame, nil
	}
	return entryDiffers, nil
}
