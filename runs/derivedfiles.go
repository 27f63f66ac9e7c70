package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"guild/runs/phase"
	"guild/runs/sharedfs"
)

// derivedFiles are the files for users and Guild AI that follow from a phase, with their content or the fact that they do not exist. This
// program does not rely on them once a run has been started. They are changed in the order given.
type derivedFiles []*derivedFile

type derivedFile struct {
	path string
	data []byte // nil: the file is not there
	tmp  string // holds the data once it is prepared
	from string // of a marker, which has no data: path of another marker, which becomes this one if it is there
}

// derivedFiles returns the files that follow from a phase; none for a run that was just made, whose files determine its state. They are
// ordered so that Guild AI never takes a waiting or running run for a failed one, and no run for staged: the marker of a phase is written
// before anything that contradicts it, and a marker that the phase does not have is removed after the outcome is written.
func (r *Run) derivedFiles(p phase.Phase) derivedFiles {
	var files derivedFiles
	file := func(data string, elem ...string) {
		files = append(files, &derivedFile{path: r.GuildPath(elem...), data: []byte(data)})
	}
	gone := func(elem ...string) {
		files = append(files, &derivedFile{path: r.GuildPath(elem...)})
	}
	marker := func(name, instead string) {
		files = append(files, &derivedFile{path: r.GuildPath(name), data: []byte{}, from: r.GuildPath(instead)})
		gone(instead)
	}
	switch p.Kind {
	case phase.Made:
		return nil
	case phase.Staged, phase.Queued:
		marker(pendingMarker, remoteMarker)
	case phase.Running:
		marker(remoteMarker, pendingMarker)
	}
	switch p.Kind {
	case phase.Ended:
		file(fmt.Sprintln(p.Stopped), "attrs", "stopped")
		file(fmt.Sprintln(p.Exit), "attrs", "exit_status")
	default:
		gone("attrs", "exit_status")
		gone("attrs", "stopped")
	}
	gone(stagedMarker)
	if p.Over() {
		gone(pendingMarker)
		gone(remoteMarker)
	}
	if p.Kind == phase.Staged || p.Kind == phase.Running {
		file(fmt.Sprintln(p.Started), "attrs", "started")
	}
	file(fmt.Sprintln(statusOf(p)), "status")
	return files
}

// unownedFiles returns the derived files of a run without an owner. If its phase is running, the owner was lost, though an owner on another
// host may only be cut off for a while: whether Guild AI sees the run as running is decided by Settle.
func (r *Run) unownedFiles(p phase.Phase) derivedFiles {
	files := r.derivedFiles(p)
	if p.Kind != phase.Running {
		return files
	}
	return slices.DeleteFunc(files, func(f *derivedFile) bool { return f.path == r.GuildPath(remoteMarker) })
}

// wrong returns the files that are not as they should be.
func (files derivedFiles) wrong() derivedFiles {
	return slices.DeleteFunc(files, (*derivedFile).holds)
}

// prepare writes temporary files. After an error as many as possible are there.
func (files derivedFiles) prepare() error {
	var first error
	for _, f := range files {
		if len(f.data) == 0 { // which needs no space
			continue
		}
		tmp, err := writeTemp(f.path, f.data)
		if err == nil {
			f.tmp = tmp
		} else if first == nil {
			first = err
		}
	}
	return first
}

// holds reports whether the file is as it should be.
func (f *derivedFile) holds() bool {
	if f.from != "" {
		_, err := os.Lstat(f.path)
		return err == nil
	}
	data, err := sharedfs.ReadFile(f.path)
	if f.data == nil {
		return errors.Is(sharedfs.GoneIfStale(err), fs.ErrNotExist)
	}
	return err == nil && string(data) == string(f.data)
}

// publish puts the prepared files in place, and removes those that must not exist.
func (files derivedFiles) publish() error {
	for _, f := range files {
		var err error
		switch {
		case f.data == nil:
			err = sharedfs.RemoveFile(f.path)
		case f.from != "":
			err = f.publishMarker()
		case f.tmp != "":
			err = os.Rename(f.tmp, f.path)
		}
		if err != nil {
			files.discard()
			return err
		}
		f.tmp = ""
	}
	return nil
}

// publishMarker puts a marker in place: by one rename if the run has the other marker.
func (f *derivedFile) publishMarker() error {
	err := os.Rename(f.from, f.path)
	if errors.Is(sharedfs.GoneIfStale(err), fs.ErrNotExist) {
		err = createMarker(f.path)
	}
	return err
}

// discard removes what was prepared and not published.
func (files derivedFiles) discard() {
	for _, f := range files {
		if f.tmp != "" {
			_ = os.Remove(f.tmp)
			f.tmp = ""
		}
	}
}

// writeDerived publishes the derived files of phase p and then reads the phase again. If it is another one by now, this owner has been
// superseded and may have overwritten files of the other: it writes those of the new phase. Every writer does so, hence the last one to
// write has seen the last phase, which writeDerived returns.
func (r *Run) writeDerived(p phase.Phase, files derivedFiles) (phase.Phase, error) {
	for {
		if err := files.publish(); err != nil {
			return p, err
		}
		now, err := r.phase()
		if err != nil || now == p {
			return p, err
		}
		p, files = now, r.derivedFiles(now)
		if p.Over() {
			files = append(derivedFiles{{path: r.attrPath("started"), data: fmt.Appendln(nil, p.Started)}}, files...)
		}
		if err := files.prepare(); err != nil {
			files.discard()
			return p, err
		}
	}
}

// TellsStatus reports whether a file says what became of a run: the file does not belong into a copy that is a run of its own. path is
// relative to the run directory, with slashes.
func TellsStatus(path string) bool {
	name, ok := strings.CutPrefix(path, guildDir+"/")
	return ok && (strings.HasPrefix(name, phase.Prefix) ||
		slices.Contains([]string{pendingMarker, stagedMarker, remoteMarker, "status", "LOCK", "output", "output.index", "attrs/started",
			"attrs/stopped", "attrs/exit_status", "attrs/" + failureAttr, "attrs/" + engineAttr}, name))
}
