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

// MetricFilesAttr is the attribute of a run that names further files of metrics: a list of patterns, see metrics.Finder. Its first item may
// be NoMetricFiles.
const (
	MetricFilesAttr = "metric_files"
	NoMetricFiles   = "no" // only files that the patterns after it name are read
)

// place is the run directory of files: of the run itself or of a step.
type place struct {
	run    *runs.View
	prefix string // its path relative to the run that is read
	finder metrics.Finder
	copied map[string]manifest.Entry // entries of the manifest by path; nil until needed
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

// metricFiles are the files of a run with metrics, except event files.
type metricFiles struct {
	files  []metricFile
	attrs  []metricFile       // with attributes that the operation logged
	series map[[2]string]bool // directories and tags of the series in event files
}

type metricFile struct {
	metrics.File
	in     *place
	name   string // relative to the place
	logged bool   // with the Python package
}

// maxSeries limits the series of one run that are read from files of metrics. A file with generated names could have millions.
const maxSeries = 10_000

// taken records that event files have a series.
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

// find adds a file if it has metrics, by its path relative to the run that is read.
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

// each calls f for each value in the files. It skips series that event files have. If several files have the same series, the first file
// counts: a library that writes two forms would otherwise have each value twice.
func (m *metricFiles) each(w *dependencies, f func(dir string, ofAttrs bool, e event, v value)) error {
	var failed []error
	for _, file := range m.attrs {
		w.noteIfRoom(path.Join(file.in.prefix, file.name))
		if err := file.readAttrs(f); err != nil {
			failed = append(failed, fmt.Errorf("read attributes: %w", err))
		}
	}
	stores := storesOf(m.files)
	first := map[[2]string]int{} // first file with each series
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
			source = -1 // processes of one run continue each other's series
		}
		err := file.read(func(v metrics.Value) {
			dir, tag := dir, v.Tag
			if file.logged {
				dir, tag = file.in.loggedName(dir, tag)
			}
			key := seriesKey(dir, tag)
			at, known := first[key]
			switch {
			case m.series[key] || known && at != source || !known && len(first) == maxSeries:
				return
			case !known:
				first[key] = source
			}
			f(dir, false, event{at: v.Time, step: v.Step}, value{tag: tag, scalar: v.Value})
		})
		if err != nil {
			failed = append(failed, fmt.Errorf("read scalars: %w", err))
		}
	}
	return errors.Join(failed...)
}

// read calls f for each value of the file.
func (file metricFile) read(f func(metrics.Value)) error {
	whole := file.in.run.Status() == runs.Completed // the status is read before the file
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

// stores are the MLflow runs in the run, by their directories.
type stores map[string]store

type store struct {
	parent  string // the directory that contains mlruns
	name    string
	deleted bool
	several bool // parent contains several MLflow runs
}

func (file metricFile) store() string { return path.Join(file.in.prefix, file.Store) }

// storesOf reads the data of each MLflow run.
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

// readStore reads the name of an MLflow run, or its id if it has no name.
func readStore(dir string) store {
	var meta struct {
		Name  string `yaml:"run_name"`
		Stage string `yaml:"lifecycle_stage"`
	}
	const enough = 1 << 20
	if data, err := plainfile.ReadUpTo(filepath.Join(dir, "meta.yaml"), enough); err == nil {
		_ = yaml.Unmarshal(data, &meta) // a damaged file has no name
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
