package python

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"guild/runs/plainfile"
)

// cacheKey is the name of a cache entry: a digest of all that it depends on.
func cacheKey(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// readCache reads an entry into v. An entry that is missing or damaged is no entry.
func readCache(dir, kind, key string, v any) bool {
	if dir == "" {
		return false
	}
	data, err := plainfile.Read(filepath.Join(dir, "python", kind+"-"+key+".json"))
	return err == nil && json.Unmarshal(data, v) == nil
}

// writeCache writes an entry, all or nothing. A cache that cannot be written costs time and is no error.
func writeCache(dir, kind, key string, v any) {
	data, err := json.Marshal(v)
	if err != nil || dir == "" {
		return
	}
	_ = writeFile(filepath.Join(dir, "python", kind+"-"+key+".json"), data)
}

// writeFile writes a file by rename, so that no reader sees a part of it.
func writeFile(path string, data []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// flagsDigest is the version of the detector, on which every answer of it depends.
var flagsDigest = sync.OnceValue(func() string {
	sum := sha256.Sum256([]byte(cellsSource + flagsSource))
	return hex.EncodeToString(sum[:8])
})
