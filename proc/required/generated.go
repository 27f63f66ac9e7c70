package required

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guild/runs"
	"guild/runs/manifest"
)

// Generated returns the names of the top-level entries of a run directory that are, or contain, files which the operation wrote.
func Generated(r *runs.Run) ([]string, error) {
	entries, err := manifest.Of(r)
	if err != nil {
		return nil, err
	}
	copied := map[string]bool{}
	for _, e := range entries {
		if isHidden(e.Kind) {
			copied[filepath.Clean(e.Path)] = true
		}
	}
	var names []string
	err = filepath.WalkDir(r.Dir, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(r.Dir, path) // path is below r.Dir
		switch {
		case errors.Is(err, fs.ErrNotExist): // a running operation may have removed it
			return nil
		case err != nil:
			return err
		case rel == ".":
			return nil
		case copied[rel] || strings.HasPrefix(rel, ".guild"):
			if d.IsDir() {
				return fs.SkipDir
			}
		case !d.IsDir():
			top, _, _ := strings.Cut(rel, string(filepath.Separator))
			names = append(names, top)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the files of run %s: %w", r.ShortID(), err)
	}
	return slices.Compact(names), nil
}

// isHidden reports whether files of a kind, which guild copied to a run, are hidden from runs that require it. All are, unless an older
// project sets GUILD_LEGACY_OPDEP_SELECT: to 1 for dependencies, or to 2 for all files.
func isHidden(kind string) bool {
	switch os.Getenv("GUILD_LEGACY_OPDEP_SELECT") {
	case "1":
		return kind != manifest.Dependency
	case "2":
		return false
	}
	return true
}
