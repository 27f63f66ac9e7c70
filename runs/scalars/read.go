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

	"guild/runs"
	"guild/runs/plainfile"
)

const attrsSuffix = ".attrs"

// IsEventFile tells by its name whether a file is an event file. One that is being made has a dot in front.
func IsEventFile(name string) bool { return strings.Contains(name, ".tfevents.") && name[0] != '.' }

// eventFiles calls f with the directory, relative to the run with slashes, and the path of each event file of the run, in
// order. Of directories that are links only those are entered that are runs, as steps are, and each once.
func eventFiles(w *dependencies, f func(dir, file string) error) error {
	r, seen := w.run, map[string]bool{}
	var walk func(abs, rel string) error
	walk = func(abs, rel string) error {
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
			sub := filepath.Join(abs, e.Name())
			if !e.IsDir() {
				if e.Type()&fs.ModeSymlink == 0 || !isRun(sub) {
					continue
				}
				target, err := filepath.EvalSymlinks(sub)
				if err != nil || seen[target] {
					continue
				}
				seen[target] = true
			}
			if err := walk(sub, path.Join(rel, e.Name())); err != nil {
				return err
			}
		}
		return nil
	}
	if self, err := filepath.EvalSymlinks(r.Dir); err == nil {
		seen[self] = true
	}
	return walk(r.Dir, "")
}

func isRun(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, ".guild", "opref"))
	return err == nil
}

// readFile calls f with each event of a file. A file that ends within a record ends before it; one that has gone, or is no
// file, has none.
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

// each calls f with each value of the run's event files, and whether the file is one that holds attributes. Files that cannot be
// read as a whole are an error, after all that can be read.
func each(w *dependencies, f func(dir string, ofAttrs bool, step int64, v value)) error {
	var damaged []error
	err := eventFiles(w, func(dir, file string) error {
		ofAttrs := strings.HasSuffix(file, attrsSuffix)
		if err := readFile(file, func(e event) {
			for _, v := range e.values {
				f(dir, ofAttrs, e.step, v)
			}
		}); err != nil {
			damaged = append(damaged, err)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read scalars: %w", err)
	}
	return errors.Join(damaged...)
}

// Each calls f with each value of each scalar of a run, in the order of the files, with the directory of the file relative to the run. What
// is damaged is an error, after all that can be read.
func Each(r runs.Viewer, f func(dir, tag string, p Point)) error {
	return each(&dependencies{run: r.AsView(), failed: true}, func(dir string, ofAttrs bool, step int64, v value) {
		if !ofAttrs && !v.isText {
			f(dir, v.tag, Point{v.scalar, step})
		}
	})
}
