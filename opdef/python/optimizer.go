package python

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"

	"guild/runs/plainfile"
	"guild/runs/replace"
)

//go:embed optimizer/guild/*.py
var optimizerFiles embed.FS

// OptimizerPath returns the directory, below cacheDir, that an operation imports package guild from which runs the trials of a
// batch; it is written if it is not there.
func OptimizerPath(cacheDir string) (string, error) {
	const root = "optimizer/guild"
	entries, err := optimizerFiles.ReadDir(root)
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	for _, e := range entries {
		data, err := fs.ReadFile(optimizerFiles, path.Join(root, e.Name()))
		if err != nil {
			return "", err
		}
		hash.Write(data)
	}
	dir, err := filepath.Abs(filepath.Join(cacheDir, "python", hex.EncodeToString(hash.Sum(nil)[:8])))
	if err != nil {
		return "", fmt.Errorf("find the cache: %w", err)
	}
	for _, e := range entries {
		data, _ := fs.ReadFile(optimizerFiles, path.Join(root, e.Name())) // it was read above
		file := filepath.Join(dir, "guild", e.Name())
		if have, err := plainfile.Read(file); err == nil && bytes.Equal(have, data) {
			continue
		}
		if err := replace.Bytes(file, data); err != nil {
			return "", fmt.Errorf("write the package for optimizers: %w", err)
		}
	}
	return dir, nil
}
