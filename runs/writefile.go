package runs

import (
	"os"
	"path/filepath"

	"guild/runs/process"
	"guild/runs/sharedfs"
)

// writeTemp writes data to a file with a name of its own beside path.
func writeTemp(path string, data []byte) (tmp string, err error) {
	tmp = filepath.Join(filepath.Dir(path), process.TempName(filepath.Base(path)))
	return tmp, sharedfs.WriteFile(tmp, data)
}

// replaceFile writes data to a temporary file and renames that over path: no reader sees half of it.
func replaceFile(path string, data []byte) error {
	tmp, err := writeTemp(path, data)
	if err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		_ = os.Remove(tmp)
		return err
	}
	return nil
}

// ReplaceFile writes a file below .guild so that a reader sees all of it, or what was there before. It is for the owner of the
// run.
func (r *Run) ReplaceFile(name string, data []byte) error {
	return replaceFile(r.GuildPath(name), data)
}
