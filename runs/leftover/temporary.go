package leftover

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"guild/runs/process"
	"guild/runs/replace"
	"guild/runs/sharedfs"
)

// IsTemporary reports whether guild itself, or NFS on its behalf, made a name in a run directory that is about to be renamed or removed.
// The name is a path below the run directory with slashes. Names chosen by users do not match.
func IsTemporary(name string) bool {
	dir, base := path.Split(name)
	switch dir {
	case ".guild/":
		return isTempName(base) || strings.HasPrefix(base, replace.Prefix)
	case ".guild/attrs/":
		return isTempName(base)
	}
	return false
}

// isTempName reports whether a name comes from process.TempName, or from NFS for a file that was removed while open.
func isTempName(name string) bool {
	if hex, ok := strings.CutPrefix(name, ".nfs"); ok {
		return hex != "" && strings.Trim(hex, "0123456789abcdef") == ""
	}
	_, _, made := process.MakerOf(name)
	return made && strings.HasPrefix(name, process.TempPrefix)
}

// ClearDead removes from a directory outside of a store what killed processes left there: incomplete copies of runs, whose originals still
// exist. Files of processes on other systems are removed only if they have not changed for a long time.
func ClearDead(dir string) {
	names, _ := sharedfs.Names(dir) // if it cannot be read or does not exist, nothing is cleared
	for _, name := range names {
		path := filepath.Join(dir, name)
		maker, _, made := process.MakerOf(name)
		if made && strings.HasPrefix(name, process.TempPrefix) && (maker.Dead() || maker.Elsewhere() && Now(dir).Sub(latestChange(path)) > Patience) {
			_ = os.RemoveAll(path)
		}
	}
}

// Now returns the time by the clock of the file server of a directory, see sharedfs.Now.
func Now(dir string) time.Time { return sharedfs.Now(filepath.Join(dir, process.TempName("now"))) }

// latestChange returns the time of the latest change of anything in path.
func latestChange(path string) time.Time {
	var latest time.Time
	_ = filepath.WalkDir(path, func(_ string, e fs.DirEntry, err error) error {
		if err != nil { // it has been removed
			return nil
		}
		if st, err := e.Info(); err == nil && st.ModTime().After(latest) {
			latest = st.ModTime()
		}
		return nil
	})
	return latest
}
