package runs

import (
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"os/user"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"guild/runs/pattern"
	"guild/runs/replace"
	"guild/runs/sharedfs"
)

// Hostname is this host's name, as it is recorded in runs.
var Hostname = sync.OnceValue(func() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "localhost"
	}
	return name
})

// Username is who uses this program, as it is recorded in runs: what USER says, or else the system.
func Username() string {
	if name := os.Getenv("USER"); name != "" {
		return name
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "unknown"
}

var (
	tempCount atomic.Int64
	// tempToken tells processes apart that have the same host name and pid, as containers do, and the dead from the living:
	// the first half is of the system that pids count in, the second of the process.
	tempToken = sync.OnceValue(func() string {
		me := self()
		if me.Boot == "" || me.Start == "" {
			return NewID()[:2*tokenLen]
		}
		return systemToken(me) + token(me.Start)
	})
)

const tokenLen = 8

func systemToken(o Owner) string { return token(o.Boot + o.PIDNS) }

func token(s string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s)) // never fails, see hash.Hash
	return fmt.Sprintf("%0*x", tokenLen, h.Sum32())
}

// tempName returns a dot name that no other process on any host uses: host, process and a count.
func tempName(base string) string {
	return fmt.Sprintf("%s%s-%d-%s-%d-%s", tempPrefix, hostInName(), os.Getpid(), tempToken(), tempCount.Add(1), base)
}

// hostInName is the name of this host as a part of the names of files.
func hostInName() string {
	return strings.Map(func(r rune) rune {
		if r == '/' || r == '.' {
			return '_'
		}
		return r
	}, Hostname())
}

const tempPrefix = ".tmp-"

// TempName returns a name for something that is being made beside what is called base outside of a store: a run to nobody, and known
// to ClearDead.
func TempName(base string) string { return tempName(base) }

// IsTemporary tells names that guild itself, or NFS for it, makes in a run directory and that are about to be renamed or removed. The
// name is a path below the run directory with slashes. What a user calls a file is none of them.
func IsTemporary(name string) bool {
	dir, base := path.Split(name)
	switch dir {
	case guildDir + "/":
		return isTempName(base) || strings.HasPrefix(base, replace.Prefix)
	case guildDir + "/attrs/":
		return isTempName(base)
	}
	return false
}

// isTempName tells a name of tempName, or one that NFS gave to a file that was removed while it was open.
func isTempName(name string) bool {
	if hex, ok := strings.CutPrefix(name, ".nfs"); ok {
		return hex != "" && strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.HasPrefix(name, tempPrefix) && tempMaker().MatchString(name)
}

// ClearDead removes from a directory outside of a store what processes left there when they were killed: copies of runs that were
// not made to their end, whose originals are where they were. Of processes of other systems that is what has not changed for long.
func ClearDead(dir string) {
	names, _ := sharedfs.Names(dir) // a directory that cannot be read, or is not there, is cleared by somebody else
	for _, name := range names {
		path := filepath.Join(dir, name)
		if strings.HasPrefix(name, tempPrefix) && (madeByTheDead(name) || madeElsewhere(name) && timeIn(dir).Sub(latestChange(path)) > draftPatience) {
			_ = os.RemoveAll(path)
		}
	}
}

// latestChange is the time of the latest change of anything in path.
func latestChange(path string) time.Time {
	var latest time.Time
	_ = filepath.WalkDir(path, func(_ string, e fs.DirEntry, err error) error {
		if err != nil { // gone by now
			return nil
		}
		if st, err := e.Info(); err == nil && st.ModTime().After(latest) {
			latest = st.ModTime()
		}
		return nil
	})
	return latest
}

// madeElsewhere reports that a name of tempName was made by a process of another system.
func madeElsewhere(name string) bool {
	m := tempMaker().FindStringSubmatch(name)
	return m != nil && m[2] != systemToken(self())
}

var tempMaker = pattern.Lazy(`-([0-9]+)-([0-9a-f]{8})([0-9a-f]{8})-[0-9]+-`)

// madeByTheDead reports that a name of tempName was made by a process of this system that is gone. Of other systems it knows
// nothing.
func madeByTheDead(name string) bool {
	m := tempMaker().FindStringSubmatch(name)
	if m == nil || m[2] != systemToken(self()) {
		return false
	}
	pid, err := strconv.Atoi(m[1])
	if err != nil {
		return false
	}
	start, err := processStart(pid)
	return err != nil || token(start) != m[3]
}
