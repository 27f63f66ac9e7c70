package metrics

import (
	"path"
	"strings"
)

// File is a file of metrics in a run.
type File struct {
	Dir    string // relative to the run, with slashes: the directory that the metrics are named after
	Tag    string // of the only metric of the file; empty if the file names its metrics
	Store  string // the directory of the MLflow run that the file belongs to, relative to the run; else empty
	Latest bool   // the file has only the latest values, which other files may have together with earlier ones
	format format
}

type format int

const (
	table format = iota + 1
	jsonObjects
	mlflowLines
	unknown // determined by the first character
)

// Finder finds the files of a run that have metrics. The zero Finder knows the files in the package comment.
type Finder struct {
	// Patterns match further files: paths relative to the run with the wildcards of path.Match, and ** for any number of directories.
	Patterns []string
	// Off says that only files that match a pattern count.
	Off bool
}

// Find reports whether the file at a path, relative to the run and with slashes, has metrics, and returns its description.
func (f Finder) Find(name string) (File, bool) {
	dir, base := path.Split(name)
	dir = strings.TrimSuffix(dir, "/")
	for _, p := range f.Patterns {
		if Match(p, name) {
			return File{Dir: dir, format: formatOf(base)}, true
		}
	}
	if f.Off || base[0] == '.' {
		return File{}, false
	}
	switch base {
	case "metrics.json":
		return File{Dir: dirOfLive(dir), Latest: true, format: jsonObjects}, true
	case "metrics.csv", "metrics.tsv", "metrics.jsonl", "metrics.ndjson":
		return File{Dir: dir, format: formatOf(base)}, true
	}
	if at, tag, ok := cutDir(name, "dvclive/plots/metrics"); ok && strings.HasSuffix(tag, ".tsv") {
		return File{Dir: at, Tag: strings.TrimSuffix(tag, ".tsv"), format: table}, true
	}
	if at, rest, ok := cutDir(name, "mlruns"); ok {
		// EXPERIMENT/RUN/metrics/NAME, where NAME may have slashes
		parts := strings.SplitN(rest, "/", 4)
		if len(parts) == 4 && parts[2] == "metrics" && parts[0] != ".trash" && parts[0] != "models" && parts[1] != "models" {
			store := path.Join(at, "mlruns", parts[0], parts[1])
			return File{Dir: at, Tag: parts[3], Store: store, format: mlflowLines}, true
		}
	}
	return File{}, false
}

// dirOfLive returns the directory that metrics.json in dir describes: for DVCLive the one that dvclive is in.
func dirOfLive(dir string) string {
	if path.Base(dir) != "dvclive" {
		return dir
	}
	return strings.TrimPrefix(path.Dir(dir), ".")
}

// cutDir cuts a path around the directory of the given name, which is relative to any directory.
func cutDir(name, dir string) (before, after string, found bool) {
	if after, found = strings.CutPrefix(name, dir+"/"); found {
		return "", after, true
	}
	return strings.Cut(name, "/"+dir+"/")
}

func formatOf(base string) format {
	switch strings.ToLower(path.Ext(base)) {
	case ".csv", ".tsv":
		return table
	case ".jsonl", ".ndjson", ".json":
		return jsonObjects
	}
	return unknown
}

// Objects returns a file of JSON objects whose metrics are named after a directory.
func Objects(dir string) File { return File{Dir: dir, format: jsonObjects} }

// Match reports whether a path matches a pattern of a Finder. A malformed pattern matches nothing.
func Match(pattern, name string) bool {
	return match(strings.Split(path.Clean(pattern), "/"), strings.Split(name, "/"))
}

func match(pattern, name []string) bool {
	for len(pattern) > 0 {
		if pattern[0] == "**" {
			for skip := range len(name) + 1 {
				if match(pattern[1:], name[skip:]) {
					return true
				}
			}
			return false
		}
		if len(name) == 0 {
			return false
		}
		if ok, err := path.Match(pattern[0], name[0]); err != nil || !ok {
			return false
		}
		pattern, name = pattern[1:], name[1:]
	}
	return len(name) == 0
}
