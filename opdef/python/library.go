package python

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"guild/runs/replace"
)

// library has the packages that Python programs import: guild_run, and guild, which is another name of it unless Guild AI is installed.
//
//go:embed all:library
var library embed.FS

// libraryFile is a file of the packages, by its path below the directory that is imported from.
type libraryFile struct {
	path string
	data []byte
}

// libraryFiles are the files of the packages, sorted by path. What Python has compiled beside them is none.
var libraryFiles = sync.OnceValues(func() ([]libraryFile, error) {
	var files []libraryFile
	err := fs.WalkDir(library, "library", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.Contains(path, "__pycache__") {
			return err
		}
		data, err := library.ReadFile(path)
		files = append(files, libraryFile{strings.TrimPrefix(path, "library/"), data})
		return err
	})
	return files, err
})

// LibraryPath returns the directory, below cacheDir, that programs import the packages guild and guild_run from; it is written if it is
// not there.
func LibraryPath(cacheDir string) (string, error) {
	files, err := libraryFiles()
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	for _, f := range files {
		hash.Write([]byte(f.path))
		hash.Write(f.data)
	}
	dir, err := filepath.Abs(filepath.Join(cacheDir, "python", hex.EncodeToString(hash.Sum(nil)[:8])))
	if err != nil {
		return "", fmt.Errorf("find the cache: %w", err)
	}
	for _, f := range files {
		file := filepath.Join(dir, filepath.FromSlash(f.path))
		// Each run looks here, perhaps on a file server, so that no file is read. Each was put in place as a whole.
		if st, err := os.Lstat(file); err == nil && st.Mode().IsRegular() && st.Size() == int64(len(f.data)) {
			continue
		}
		if err := replace.Bytes(file, f.data); err != nil {
			return "", fmt.Errorf("write the packages for Python: %w", err)
		}
	}
	return dir, nil
}
