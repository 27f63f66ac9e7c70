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

// IsTemporary reports a name that guild itself, or NFS for it, makes in a run directory and that is about to be renamed or removed. The
// name is a path below the run directory with slashes. What a user calls a file is none of them.
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

// isTempName reports a name of process.TempName, or one that NFS gave to a file that was removed while it was open.
func isTempName(name string) bool {
	if hex, ok := strings.CutPrefix(name, ".nfs"); ok {
		return hex != "" && strings.Trim(hex, "0123456789abcdef") == ""
	}
	_, _, made := process.MakerOf(name)
	return made && strings.HasPrefix(name, process.TempPrefix)
}

// ClearDead removes from a directory outside of a store what processes left there when they were killed: copies of runs that were
// not made to their end, whose originals are where they were. Of processes of other systems that is what has not changed for long.
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
