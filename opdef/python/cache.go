package python

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"sync"

	"guild/runs/plainfile"
	"guild/runs/replace"
)

// cacheKey returns the name of a cache entry: a digest of everything that the entry depends on.
func cacheKey(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// readCache reads an entry into v. It fails if the entry is missing or damaged.
func readCache(dir, kind, key string, v any) bool {
	if dir == "" {
		return false
	}
	data, err := plainfile.Read(filepath.Join(dir, "python", kind+"-"+key+".json"))
	return err == nil && json.Unmarshal(data, v) == nil
}

// writeCache writes an entry atomically. Errors are ignored, since the cache only saves time.
func writeCache(dir, kind, key string, v any) {
	data, err := json.Marshal(v)
	if err != nil || dir == "" {
		return
	}
	_ = replace.Bytes(filepath.Join(dir, "python", kind+"-"+key+".json"), data)
}

// flagsDigest is the version of the program that reads flags. All of its answers depend on it.
var flagsDigest = sync.OnceValue(func() string {
	sum := sha256.Sum256([]byte(cellsSource + flagsSource()))
	return hex.EncodeToString(sum[:8])
})
