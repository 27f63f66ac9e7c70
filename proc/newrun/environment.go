package newrun

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"guild/opdef/python/pyenv"
	"guild/proc/recipe"
	"guild/runs"
)

// recordEnvironment records the environment of the operation: the Python environment, with the files that specify its packages, or the
// image.
func (q *Request) recordEnvironment(d *runs.Draft, attrs map[string]any) error {
	if q.Op.Image != "" {
		attrs[recipe.EnvironmentAttr] = map[string]any{"image": q.Op.Image}
		return nil
	}
	if q.Python == nil && q.Environment.Dir == "" || q.Op.IsBuiltin() {
		return nil
	}
	about := map[string]any{}
	if q.Environment.Dir != "" {
		about["kind"], about["dir"] = q.Environment.Kind, q.Environment.Dir
	}
	if q.Python != nil {
		about["python"] = q.Python.Version
	}
	files := pyenv.LockFiles(q.Op.Dir)
	names := slices.Sorted(maps.Keys(files))
	if len(names) > 0 {
		about["files"] = names
	}
	attrs[recipe.EnvironmentAttr] = about
	if len(names) > 0 {
		if err := os.Mkdir(filepath.Join(d.Dir(), ".guild", recipe.EnvironmentDir), 0o777); err != nil {
			return fmt.Errorf("record the environment: %w", err)
		}
	}
	for _, name := range names {
		if err := d.WriteFile(recipe.EnvironmentDir+"/"+name, files[name]); err != nil {
			return fmt.Errorf("record the environment: %w", err)
		}
	}
	return nil
}
