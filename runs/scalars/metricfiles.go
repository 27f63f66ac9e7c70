package scalars

import (
	"crypto/sha1" //nolint:gosec // the manifest has SHA-1
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"guild/runs"
	"guild/runs/manifest"
	"guild/runs/metrics"
	"guild/runs/plainfile"
)

// MetricFilesAttr is the attribute of a run that names more files of metrics: a list of patterns, see metrics.Finder. The first one
// can be NoMetricFiles.
const (
	MetricFilesAttr = "metric_files"
	NoMetricFiles   = "no" // only files that the patterns after it name are read
)

// place is the run directory that files are in: that of the run itself or of a step.
type place struct {
	run    *runs.View
	prefix string // its path relative to the run that is read
	finder metrics.Finder
	copied map[string]manifest.Entry // what is in the manifest, by path; nil until needed
}

func newPlace(r *runs.View, prefix string) *place {
	in := &place{run: r, prefix: prefix}
	v, _ := r.Attr(MetricFilesAttr)
	list, _ := v.([]any)
	for i, item := range list {
		text, _ := item.(string)
		if i == 0 && text == NoMetricFiles {
			in.finder.Off = true
		} else if text != "" {
			in.finder.Patterns = append(in.finder.Patterns, text)
		}
	}
	return in
}

// wasCopied reports whether a file was copied into the run, and is as it was then: it has metrics of another run, if any. name is relative
// to the place.
func (in *place) wasCopied(name string) bool {
	if in.copied == nil {
		in.copied = map[string]manifest.Entry{}
		entries, _ := manifest.Of(in.run)
		for _, e := range entries {
			in.copied[path.Clean(e.Path)] = e
		}
	}
	for at := name; at != "."; at = path.Dir(at) {
		if e, ok := in.copied[at]; ok {
			return e.Kind == manifest.Dependency || e.Digest == "" || digestOf(in.run.Path(filepath.FromSlash(name))) == e.Digest
		}
	}
	return false
}

func digestOf(name string) string {
	f, err := plainfile.Open(name)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	h := sha1.New() //nolint:gosec // the manifest has SHA-1
	if _, err := io.Copy(h, f); err != nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}

// metricFiles are the files of a run, other than event files, that have metrics.
type metricFiles struct {
	files  []metricFile
	attrs  []metricFile       // of attributes that the operation logged
	series map[[2]string]bool // directories and tags of the series that event files have
}

type metricFile struct {
	metrics.File
	in     *place
	name   string // relative to the place
	logged bool   // by means of the Python package
}

// maxSeries is how many series of one run are read from files of metrics. A file with names made from numbers could have millions.
const maxSeries = 10_000

// taken says that event files have a series.
func (m *metricFiles) taken(dir, tag string) {
	if m.series == nil {
		m.series = map[[2]string]bool{}
	}
	m.series[seriesKey(dir, tag)] = true
}

// seriesKey returns a key for a scalar in a directory; scalars with the same key have the same name, see Summary.Key.
func seriesKey(dir, tag string) [2]string {
	if dir == ".guild" {
		dir = ""
	}
	return [2]string{dir, tag}
}

// find takes a file, by its path relative to the run that is read, if it has metrics.
func (m *metricFiles) find(in *place, name string) {
	name = strings.TrimPrefix(strings.TrimPrefix(name, in.prefix), "/")
	if path.Dir(name) == ".guild" {
		m.findLogged(in, name)
		return
	}
	if f, ok := in.finder.Find(name); ok && !strings.HasPrefix(name, ".guild/") {
		m.files = append(m.files, metricFile{File: f, in: in, name: name})
	}
}

// each calls f for each value in the files. A series that event files have is left out, and of one that several files have the first file
// counts: a library that writes two forms would have each of its values counted twice.
func (m *metricFiles) each(w *dependencies, f func(dir string, ofAttrs bool, e event, v value)) error {
	if len(m.files)+len(m.attrs) == 0 {
		return nil
	}
	var failed []error
	for _, file := range m.attrs {
		w.noteIfRoom(path.Join(file.in.prefix, file.name))
		if err := file.readAttrs(f); err != nil {
			failed = append(failed, fmt.Errorf("read attributes: %w", err))
		}
	}
	stores := storesOf(m.files)
	first := map[[2]string]int{} // which file has the series
	slices.SortStableFunc(m.files, func(a, b metricFile) int {
		switch {
		case a.Latest == b.Latest:
			return 0
		case a.Latest:
			return 1
		}
		return -1
	})
	for i, file := range m.files {
		dir, ok := file.Dir, true
		if file.Store != "" {
			dir, ok = stores.dir(file)
		}
		if !ok || !file.logged && file.in.wasCopied(file.name) {
			continue
		}
		dir = path.Join(file.in.prefix, dir)
		w.noteIfRoom(path.Join(file.in.prefix, file.name))
		source := i
		if file.logged {
			source = -1 // processes of one run go on with each other's series
		}
		err := file.read(func(v metrics.Value) {
			key := seriesKey(dir, v.Tag)
			at, known := first[key]
			switch {
			case m.series[key] || known && at != source || !known && len(first) == maxSeries:
				return
			case !known:
				first[key] = source
			}
			f(dir, false, event{at: v.Time, step: v.Step}, value{tag: v.Tag, scalar: v.Value})
		})
		if err != nil {
			failed = append(failed, fmt.Errorf("read scalars: %w", err))
		}
	}
	return errors.Join(failed...)
}

// read calls f for each value of the file.
func (file metricFile) read(f func(metrics.Value)) error {
	whole := file.in.run.Status() == runs.Completed // asked before the file is read
	return file.open(func(r io.Reader) error { return file.Read(r, whole, f) })
}

// open calls f with the content of the file. A file that no longer exists has none.
func (file metricFile) open(f func(io.Reader) error) error {
	r, err := plainfile.Open(file.in.run.Path(filepath.FromSlash(file.name)))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, plainfile.ErrNotRegular) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	return f(r)
}

// stores are the runs of MLflow in the run, by their directories.
type stores map[string]store

type store struct {
	parent  string // the directory that mlruns is in
	name    string
	deleted bool
	several bool // there are others beside it
}

func (file metricFile) store() string { return path.Join(file.in.prefix, file.Store) }

// storesOf reads what MLflow says of each of its runs.
func storesOf(files []metricFile) stores {
	all, beside := stores{}, map[string]int{}
	type place struct{ parent, name string }
	named := map[place]int{}
	for _, file := range files {
		if _, known := all[file.store()]; known || file.Store == "" {
			continue
		}
		s := readStore(file.in.run.Path(filepath.FromSlash(file.Store)))
		s.parent = path.Join(file.in.prefix, file.Dir)
		if !s.deleted {
			beside[s.parent]++
			named[place{s.parent, s.name}]++
		}
		all[file.store()] = s
	}
	for dir, s := range all {
		s.several = beside[s.parent] > 1
		if id := path.Base(dir); named[place{s.parent, s.name}] > 1 && s.name != id {
			s.name += "-" + id[:min(8, len(id))]
		}
		all[dir] = s
	}
	return all
}

// readStore reads the name of a run of MLflow, which is its id where there is none.
func readStore(dir string) store {
	var meta struct {
		Name  string `yaml:"run_name"`
		Stage string `yaml:"lifecycle_stage"`
	}
	const enough = 1 << 20
	if data, err := plainfile.ReadUpTo(filepath.Join(dir, "meta.yaml"), enough); err == nil {
		_ = yaml.Unmarshal(data, &meta) // what is damaged has no name
	}
	s := store{name: strings.ReplaceAll(meta.Name, "/", "-"), deleted: meta.Stage == "deleted"}
	if s.name == "" {
		s.name = filepath.Base(dir)
	}
	return s
}

// dir returns the directory that the metrics of a file are named after: the one that mlruns is in if that has one run, so that the names
// are the same in each run of the operation; else one with the name of MLflow's run. ok is false for a run that was deleted.
func (all stores) dir(file metricFile) (dir string, ok bool) {
	s := all[file.store()]
	if s.several {
		return path.Join(file.Dir, "mlruns", s.name), !s.deleted
	}
	return file.Dir, !s.deleted
}
