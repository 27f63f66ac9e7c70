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

// Names that sort before and after those of the run's event files.
const (
	firstFile = "events.out.tfevents.0000000000.hparams"
	lastFile  = "events.out.tfevents.9999999999.hparams"
)

// writeHParams writes the flags of a run to its directory and, once it has ended, the end. It writes nothing before the run has started,
// because the flags can still change.
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

// hparams returns the flags of a run that have a value, and the digest of its source code, which often is what differs between runs.
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

// writeOnce writes a file unless it exists.
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

// Limits for images: their number per run, and the size of each in bytes. TensorBoard keeps all of them in memory.
const (
	mostImages = 100
	mostBytes  = 16 << 20
)

// writeImages writes an event file for each image of the run that is new or has changed. An image that cannot be decoded may still be
// incomplete; it is tried again when it changes.
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
