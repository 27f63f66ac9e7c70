// Package build returns the commit from which the running program was built, and its date, as recorded by the Go tool.
package build

import (
	"runtime/debug"
	"strings"
)

// Info says from what a program was built. All but Version are empty if the build did not record them, as a build outside of a Git
// clone does not.
type Info struct {
	Version string // such as 0.1.0
	Commit  string // the full hash
	Date    string // of the commit, such as 2026-11-30
	Dirty   bool   // the sources differed from the commit
}

// Read returns the build of this program, whose version the caller knows.
func Read(version string) Info {
	recorded, ok := debug.ReadBuildInfo()
	if !ok {
		return Info{Version: version}
	}
	return read(version, recorded)
}

func read(version string, recorded *debug.BuildInfo) Info {
	i := Info{Version: version}
	for _, s := range recorded.Settings {
		switch s.Key {
		case "vcs.revision":
			i.Commit = s.Value
		case "vcs.time":
			i.Date, _, _ = strings.Cut(s.Value, "T")
		case "vcs.modified":
			i.Dirty = s.Value == "true"
		}
	}
	return i
}

// String returns one line, such as "0.1.0 (c96bc2c1d1f4 2026-11-30, modified)".
func (i Info) String() string {
	const hashLen = 12
	var about []string
	if i.Commit != "" {
		about = append(about, strings.TrimSpace(i.Commit[:min(hashLen, len(i.Commit))]+" "+i.Date))
	}
	if i.Dirty {
		about = append(about, "modified")
	}
	if len(about) == 0 {
		return i.Version
	}
	return i.Version + " (" + strings.Join(about, ", ") + ")"
}
