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

// library contains the packages that Python programs import: guild_run, and guild, another name for it unless Guild AI is installed.
//
//go:embed all:library
var library embed.FS

// libraryFile is a file of the packages, with its path below the directory for imports.
type libraryFile struct {
	path string
	data []byte
}

// libraryFiles are the files of the packages, without files that Python has compiled.
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
	files = append(files, libraryFile{opMainFile, []byte(globalsSource + scriptSource + opMainSource)})
	return files, err
})

// opMainFile is the path of the module guild.op_main below the directory for imports.
const opMainFile = "guild/op_main.py"

// OpMain returns the path of the module guild.op_main in the directory that LibraryPath returns.
func OpMain(library string) string { return filepath.Join(library, filepath.FromSlash(opMainFile)) }

// LibraryPath returns the directory below cacheDir from which programs import the packages guild and guild_run. It writes the directory if
// it does not exist.
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
		// This is done for each run, perhaps on a file server, so the files are not read. Each was renamed to its place when complete.
		if st, err := os.Lstat(file); err == nil && st.Mode().IsRegular() && st.Size() == int64(len(f.data)) {
			continue
		}
		if err := replace.Bytes(file, f.data); err != nil {
			return "", fmt.Errorf("write the packages for Python: %w", err)
		}
	}
	return dir, nil
}
