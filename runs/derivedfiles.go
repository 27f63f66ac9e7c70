package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"guild/runs/sharedfs"
)

// derivedFiles are the files that people and Guild AI read, as a phase wants them: their content, or that they are not there.
// Nothing of ours believes them once a run has been started. They change in the order given.
type derivedFiles []*derivedFile

type derivedFile struct {
	path string
	data []byte // nil: the file is not there
	tmp  string // holds the data once it is prepared
}

// derivedFiles are those of a phase; none for a run that was just made, whose files say what it is.
func (r *Run) derivedFiles(p phase) derivedFiles {
	var files derivedFiles
	file := func(data string, elem ...string) {
		files = append(files, &derivedFile{path: r.GuildPath(elem...), data: []byte(data)})
	}
	gone := func(elem ...string) {
		files = append(files, &derivedFile{path: r.GuildPath(elem...)})
	}
	switch p.kind {
	case phaseMade:
		return nil
	case phaseEnded:
		file(fmt.Sprintln(p.stopped), "attrs", "stopped")
		file(fmt.Sprintln(p.exit), "attrs", "exit_status")
	default:
		gone("attrs", "exit_status")
		gone("attrs", "stopped")
	}
	gone("STAGED") // by which Guild AI tells the status
	gone("PENDING")
	if p.kind == phaseStaged || p.kind == phaseRunning {
		file(fmt.Sprintln(p.started), "attrs", "started")
	}
	file(fmt.Sprintln(p.status()), "status")
	return files
}

// wrong are the files that are not as they should be.
func (files derivedFiles) wrong() derivedFiles {
	return slices.DeleteFunc(files, (*derivedFile).holds)
}

// prepare writes temporary files. After an error as many as possible are there.
func (files derivedFiles) prepare() error {
	var first error
	for _, f := range files {
		if f.data == nil {
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

// holds reports that the file is as it should be.
func (f *derivedFile) holds() bool {
	data, err := sharedfs.ReadFile(f.path)
	if f.data == nil {
		return errors.Is(sharedfs.GoneIfStale(err), fs.ErrNotExist)
	}
	return err == nil && string(data) == string(f.data)
}

// publish puts what was prepared in place, and removes what is to be gone.
func (files derivedFiles) publish() error {
	for _, f := range files {
		var err error
		switch {
		case f.data == nil:
			err = sharedfs.RemoveFile(f.path)
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

// discard removes what was prepared and not published.
func (files derivedFiles) discard() {
	for _, f := range files {
		if f.tmp != "" {
			_ = os.Remove(f.tmp)
			f.tmp = ""
		}
	}
}

// writeDerived publishes the derived files of phase p, then looks whether that is still the phase. If it is not, this owner has
// been superseded and may have overwritten another one's files: it writes what they should hold. As every writer does so, the
// last to write has seen the last phase, which is returned.
func (r *Run) writeDerived(p phase, files derivedFiles) (phase, error) {
	for {
		if err := files.publish(); err != nil {
			return p, err
		}
		now, err := r.phase()
		if err != nil || now == p {
			return p, err
		}
		p, files = now, r.derivedFiles(now)
		if p.kind == phaseEnded || p.kind == phaseLost {
			files = append(derivedFiles{{path: r.attrPath("started"), data: fmt.Appendln(nil, p.started)}}, files...)
		}
		if err := files.prepare(); err != nil {
			files.discard()
			return p, err
		}
	}
}
