package scalars

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"guild/runs"
	"guild/runs/plainfile"
)

// Suffixes of event files that guild writes in addition to the scalars in the output.
const (
	attrsSuffix  = ".attrs"
	systemSuffix = ".sys"
)

// SystemPrefix begins the tags of scalars about a run's use of system resources. Tables and plots show them only on request.
const SystemPrefix = "sys/"

// IsSystemFile reports whether a name is of an event file with these scalars.
func IsSystemFile(name string) bool {
	return IsEventFile(name) && strings.HasSuffix(name, systemSuffix)
}

// IsEventFile reports whether a file is an event file, by its name. A file that is still being created has a name with a leading dot,
// and is not one.
func IsEventFile(name string) bool { return strings.Contains(name, ".tfevents.") && name[0] != '.' }

// eventFiles calls f for each event file of the run, in order, with its directory, relative to the run and with slashes, and its
// path. Links to directories are followed only if they lead to a run, as the links to steps do, and to each run once. On the way it
// finds the other files that have metrics.
func eventFiles(w *dependencies, others *metricFiles, f func(dir, file string) error) error {
	r, seen := w.run, map[string]bool{}
	var walk func(in *place, abs, rel string) error
	walk = func(in *place, abs, rel string) error {
		w.note(rel)
		entries, err := os.ReadDir(abs)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, e := range entries {
			if IsEventFile(e.Name()) && !e.IsDir() {
				w.note(path.Join(rel, e.Name()))
				if err := f(rel, filepath.Join(abs, e.Name())); err != nil {
					return err
				}
			}
		}
		for _, e := range entries {
			sub, in := filepath.Join(abs, e.Name()), in
			if e.Type().IsRegular() {
				others.find(in, path.Join(rel, e.Name()))
				continue
			}
			if !e.IsDir() {
				if e.Type()&fs.ModeSymlink == 0 || !isRun(sub) {
					continue
				}
				target, err := filepath.EvalSymlinks(sub)
				if err != nil || seen[target] {
					continue
				}
				seen[target] = true
				in = newPlace(runs.At(sub).AsView(), path.Join(rel, e.Name()))
			}
			if err := walk(in, sub, path.Join(rel, e.Name())); err != nil {
				return err
			}
		}
		return nil
	}
	if self, err := filepath.EvalSymlinks(r.Dir); err == nil {
		seen[self] = true
	}
	return walk(newPlace(r, ""), r.Dir, "")
}

func isRun(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, ".guild", "opref"))
	return err == nil
}

// readFile calls f for each event of a file. An incomplete last record is ignored. A file that no longer exists, or is not a regular
// file, has no events.
func readFile(name string, f func(event)) error {
	file, err := plainfile.Open(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, plainfile.ErrNotRegular) || errors.Is(err, syscall.EISDIR) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read scalars: %w", err)
	}
	defer func() { _ = file.Close() }()
	records := newRecordReader(file)
	for {
		data, err := records.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var e event
		if err == nil {
			e, err = parseEvent(data)
		}
		if err != nil {
			return fmt.Errorf("read scalars: %s: %w", name, err)
		}
		f(e)
	}
}

// each calls f for each value in the run's event files, and then for each in other files of metrics. ofAttrs says that the file contains
// attributes. A file that cannot be read to its end is an error, which is returned after the other files were read.
func each(w *dependencies, f func(dir string, ofAttrs bool, e event, v value)) error {
	var damaged []error
	var others metricFiles
	err := eventFiles(w, &others, func(dir, file string) error {
		ofAttrs := strings.HasSuffix(file, attrsSuffix)
		if err := readFile(file, func(e event) {
			for _, v := range e.values {
				if !ofAttrs && !v.isText {
					others.taken(dir, v.tag)
				}
				f(dir, ofAttrs, e, v)
			}
		}); err != nil {
			damaged = append(damaged, err)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read scalars: %w", err)
	}
	if err := others.each(w, f); err != nil {
		damaged = append(damaged, err)
	}
	return errors.Join(damaged...)
}

// Each calls f for each value of each scalar of a run, in the order of the files. dir is the directory that the scalar is named after,
// relative to the run. at is zero if the time is unknown. The error for a damaged file is returned after the other files were read.
func Each(r runs.Viewer, f func(dir, tag string, p Point, at time.Time)) error {
	return each(&dependencies{run: r.AsView(), failed: true}, func(dir string, ofAttrs bool, e event, v value) {
		if !ofAttrs && !v.isText {
			f(dir, v.tag, Point{v.scalar, e.step}, e.at)
		}
	})
}
