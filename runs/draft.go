package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"guild/runs/dirmode"
	"guild/runs/opref"
	"guild/runs/phase"
	"guild/runs/process"
	"guild/runs/pyyaml"
	"guild/runs/sharedfs"
)

// Draft is a run that is being made, in a directory that no reader takes for a run. Commit or Discard ends it.
type Draft struct {
	run   Run // Dir is the temporary directory
	final string
	mode  dirmode.Mode
}

// Draft starts a new run with the given id, or a random one where id is empty.
func (s *Store) Draft(id string) (*Draft, error) {
	if id == "" {
		id = NewID()
	}
	if !IsName(id) {
		return nil, fmt.Errorf("run id %q: an id is one file name that does not start with a dot", id)
	}
	if err := s.MakeDir(s.runs); err != nil {
		return nil, fmt.Errorf("make the runs directory: %w", err)
	}
	return newDraft(id, filepath.Join(s.runs, id), s.mode())
}

// DraftAt starts a new run in a directory outside of any store, which must not exist or be empty.
func DraftAt(dir string) (*Draft, error) {
	if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		return nil, fmt.Errorf("make the run directory: %w", err)
	}
	return newDraft(NewID(), dir, dirmode.ByUmask)
}

func newDraft(id, final string, mode dirmode.Mode) (*Draft, error) {
	if entries, err := os.ReadDir(final); err == nil && len(entries) > 0 {
		return nil, fmt.Errorf("run directory %s: %w", final, ErrExists)
	}
	d := &Draft{run: Run{View{ID: id, Dir: filepath.Join(filepath.Dir(final), process.TempName(id))}}, final: final, mode: mode}
	if err := d.makeDirs(); err != nil {
		d.Discard()
		return nil, fmt.Errorf("make the run directory: %w", err)
	}
	return d, nil
}

func (d *Draft) makeDirs() error {
	for _, dir := range d.dirs() {
		if err := d.mode.Make(dir); err != nil {
			return err
		}
	}
	return nil
}

func (d *Draft) dirs() []string {
	return []string{d.run.Dir, d.run.GuildPath(), d.run.GuildPath("attrs")}
}

// share gives the directories of a shared store their mode: the copy of a run from elsewhere has the mode of its original.
func (d *Draft) share() error {
	for _, dir := range d.dirs() {
		if err := d.mode.Share(dir); err != nil {
			return err
		}
	}
	return nil
}

// ID returns the id of the future run.
func (d *Draft) ID() string { return d.run.ID }

// Dir returns the directory to fill, until Commit.
func (d *Draft) Dir() string { return d.run.Dir }

// FinalDir returns where Commit puts it.
func (d *Draft) FinalDir() string { return d.final }

// SetAttrs writes attributes by name.
func (d *Draft) SetAttrs(attrs map[string]any) error {
	for name, v := range attrs {
		data, err := pyyaml.Encode(v)
		if err != nil {
			return fmt.Errorf("attribute %s: %w", name, err)
		}
		if err := sharedfs.WriteFile(d.run.attrPath(name), data); err != nil {
			return fmt.Errorf("write attribute: %w", err)
		}
	}
	return nil
}

// SetLabel sets the label; an empty one is none.
func (d *Draft) SetLabel(label string) error { return d.run.SetLabel(label) }

// SetOpref writes the reference to the operation.
func (d *Draft) SetOpref(ref opref.Ref) error {
	return d.WriteFile("opref", []byte(ref.String()))
}

// WriteFile writes a file below .guild.
func (d *Draft) WriteFile(name string, data []byte) error {
	if err := sharedfs.WriteFile(d.run.GuildPath(name), data); err != nil {
		return fmt.Errorf("write run file: %w", err)
	}
	return nil
}

// Commit makes the run appear with the given status, without an owner.
func (d *Draft) Commit(s Status) (*Run, error) {
	l, err := d.CommitOwned(s)
	if err != nil {
		return nil, err
	}
	return l.run, l.Close()
}

// CommitOwned makes the run appear with the given status, owned by this process from the first moment on.
func (d *Draft) CommitOwned(s Status) (*Lock, error) {
	if err := d.stamp(s); err != nil {
		d.Discard()
		return nil, err
	}
	if err := d.share(); err != nil {
		d.Discard()
		return nil, fmt.Errorf("make run %s: %w", d.run.ShortID(), err)
	}
	l, err := d.run.TryLock()
	if err != nil {
		d.Discard()
		return nil, err
	}
	if err := d.run.makeFirstPhase(); err != nil {
		_ = l.Close()
		d.Discard()
		return nil, err
	}
	if err := replaceEmpty(d.run.Dir, d.final); err != nil {
		_ = l.Close()
		d.Discard()
		if errors.Is(err, syscall.ENOTEMPTY) || errors.Is(err, fs.ErrExist) {
			err = ErrExists
		}
		return nil, fmt.Errorf("make run %s: %w", d.run.ShortID(), err)
	}
	l.run = Named(d.run.ID, d.final)
	return l, nil
}

// replaceEmpty renames a directory. There may be an empty directory of the new name, which os.Rename refuses to replace.
func replaceEmpty(from, to string) error {
	for {
		err := unix.Rename(from, to)
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, unix.EINTR):
			return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
		}
	}
}

// stamp writes what every run has from the start.
func (d *Draft) stamp(s Status) error {
	if err := d.setOrigin(s); err != nil {
		return err
	}
	return d.WriteFile("status", []byte(s+"\n"))
}

// setOrigin writes where and when the run was made, and what Guild AI reads of its status.
func (d *Draft) setOrigin(s Status) error {
	now := time.Now()
	attrs := map[string]any{"id": d.run.ID, "initialized": Micros(now), "host": process.Hostname()}
	if s == Staged {
		attrs["started"] = Micros(now)
	}
	if err := d.SetAttrs(attrs); err != nil {
		return err
	}
	if !s.Waits() {
		return nil
	}
	return d.WriteFile(pendingMarker, nil)
}

// Unstage makes a draft that is the copy of a staged run one that no scheduler starts: its status is Pending.
func (d *Draft) Unstage() error {
	names, err := sharedfs.Names(d.run.GuildPath())
	if err != nil {
		return fmt.Errorf("make run %s: %w", d.run.ShortID(), err)
	}
	for _, name := range names {
		if strings.HasPrefix(name, phase.Prefix) || name == stagedMarker {
			if err := os.Remove(d.run.GuildPath(name)); err != nil {
				return fmt.Errorf("make run %s: %w", d.run.ShortID(), err)
			}
		}
	}
	if err := createMarker(d.run.GuildPath(pendingMarker)); err != nil {
		return fmt.Errorf("make run %s: %w", d.run.ShortID(), err)
	}
	if err := d.WriteFile("status", []byte(Pending+"\n")); err != nil {
		return err
	}
	return d.run.makeFirstPhase()
}

// Discard removes the draft.
func (d *Draft) Discard() { _ = os.RemoveAll(d.run.Dir) }
