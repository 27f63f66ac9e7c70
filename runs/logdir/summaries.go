package logdir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"guild/runs"
	"guild/runs/compare"
	"guild/runs/plainfile"
	"guild/runs/scalars"
	"guild/runs/values"
)

// The names of files that come before and after those of the run.
const (
	firstFile = "events.out.tfevents.0000000000.hparams"
	lastFile  = "events.out.tfevents.9999999999.hparams"
)

// writeHParams writes the flags of the run to its directory and, once it has ended, its end. Those of a run that has not started may
// change.
func writeHParams(r *runs.View, dir string, ended bool) error {
	if s := r.Status(); s == runs.Pending || s == runs.Staged {
		return nil
	}
	started := r.Started()
	if err := writeOnce(filepath.Join(dir, firstFile), func() []byte { return scalars.SessionStart(hparams(r), started) }); err != nil || !ended {
		return err
	}
	return writeOnce(filepath.Join(dir, lastFile), func() []byte {
		o, _ := r.Outcome()
		if o.Stopped.IsZero() {
			o.Stopped = started
		}
		return scalars.SessionEnd(r.Status() == runs.Completed, max(0, o.Stopped.Sub(started)), o.Stopped)
	})
}

// hparams are the flags of a run that have a value, and its source code, which is often what differs.
func hparams(r *runs.View) map[string]any {
	params := map[string]any{}
	if digest := values.Of(r).Attr("sourcecode"); digest != "" {
		params["sourcecode"] = digest
	}
	for name, v := range r.Flags() {
		switch v.(type) {
		case nil:
		case bool, int, float64, string:
			params[name] = v
		default:
			params[name] = compare.Text(v)
		}
	}
	return params
}

// writeOnce writes a file that is not there.
func writeOnce(name string, content func() []byte) error {
	if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	return os.WriteFile(name, content(), 0o666)
}

func isImage(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".png", ".jpg", ".jpeg", ".gif":
		return name[0] != '.'
	}
	return false
}

// The most images that are shown of a run, and bytes of an image: TensorBoard keeps them all in memory.
const (
	mostImages = 100
	mostBytes  = 16 << 20
)

// writeImages writes an event file for each image of the run that is new or has changed. One that cannot be read is left out, and
// looked at again when it changes: it may be in the course of being written.
func (e *entry) writeImages(r *runs.View, dir string, images []string) error {
	for _, rel := range images {
		st, err := os.Stat(r.Path(rel))
		if err != nil || st.Size() > mostBytes || e.images[rel] == st.ModTime().UnixNano() {
			continue
		}
		if e.count == mostImages {
			return nil
		}
		e.images[rel] = st.ModTime().UnixNano()
		file, err := plainfile.Read(r.Path(rel))
		if err != nil {
			continue
		}
		event, err := scalars.Image(filepath.ToSlash(rel), file, time.Now())
		if err != nil {
			continue
		}
		at := filepath.Join(dir, ".images", fmt.Sprintf("events.out.tfevents.%010d.image", e.count))
		if err := writeOnce(at, func() []byte { return event }); err != nil {
			return err
		}
		e.count++
	}
	return nil
}
