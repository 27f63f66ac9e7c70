package runs

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"guild/runs/dirmode"
	"guild/runs/plainfile"
	"guild/runs/sharedfs"
)

// Marker says that a run waits for a scheduler.
type Marker struct {
	ID   string
	Time time.Time // when it was staged, by the clock of the file server

	Priority int // among waiting runs, the highest goes first

	order int64 // microseconds by the staging host's clock: which came first where Time, that has some milliseconds' grain, is equal
}

// CommitStaged makes the draft appear as a staged run and announces it to schedulers. A crash between the two steps loses neither: the
// marker exists before the run, under a name that says that the run is being made. Whoever later lists the markers finds that the run
// exists, and renames the marker, see adopt.
func (s *Store) CommitStaged(d *Draft) (*Run, error) {
	if err := s.prepareMarker(d.ID(), d.run.priority()); err != nil {
		d.Discard()
		return nil, err
	}
	r, err := d.Commit(Staged)
	if err != nil {
		_ = os.Remove(s.preparedPath(d.ID()))
		return nil, err
	}
	s.adopt(d.ID())
	return r, nil
}

// Stage announces a run, whose status must be Staged, to schedulers on all hosts. A run that is announced already keeps its place.
func (s *Store) Stage(r *Run) error {
	// An NFS client can take a marker for present that another host has consumed.
	if err := sharedfs.RefreshDirs(s.stagedDir()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("stage run %s: %w", r.ShortID(), err)
	}
	if _, err := os.Lstat(s.stagedPath(r.ID)); err == nil {
		return nil
	}
	if err := s.prepareMarker(r.ID, r.priority()); err != nil {
		return err
	}
	s.adopt(r.ID)
	return nil
}

// priority returns the priority with which the run was staged, 0 if it has none or it cannot be read.
func (r *Run) priority() int {
	v, _ := r.Attr("run_params")
	params, _ := v.(map[string]any)
	n, _ := params["priority"].(int)
	return n
}

// prepareMarker writes the marker of a run that is about to be staged: the time in microseconds, and the priority unless it is 0. (Earlier
// versions order such a marker as the first of its moment.)
func (s *Store) prepareMarker(id string, priority int) error {
	if _, err := s.StagedDir(); err != nil {
		return err
	}
	f, err := plainfile.OpenFile(s.preparedPath(id), os.O_CREATE|os.O_WRONLY|unix.O_NOFOLLOW, 0o666)
	if err != nil {
		return fmt.Errorf("stage run %s: %w", id, dirmode.Denied(s.preparedPath(id), err))
	}
	defer f.Close()
	// On a full disk the marker stays empty: among runs of the same moment its run is then the first.
	text := strconv.FormatInt(Micros(time.Now()), 10)
	if priority != 0 {
		text += " " + strconv.Itoa(priority)
	}
	_, _ = f.WriteString(text)
	return nil
}

// preparedPath returns the name of a marker whose run is being made.
func (s *Store) preparedPath(id string) string { return filepath.Join(s.stagedDir(), "."+id) }

// adopt gives a prepared marker its name. If several processes do so at the same time, one of them has done it for all.
func (s *Store) adopt(id string) {
	_ = os.Rename(s.preparedPath(id), s.stagedPath(id)) // what fails here is done by the next one who lists the markers
}

// Staged lists the markers in the order in which their runs are to start: by priority, then by the time of staging. known are markers of
// an earlier call; their files are not read again. The cost grows with the number of staged runs, not with that of all runs.
func (s *Store) Staged(known []Marker) ([]Marker, error) {
	f, err := plainfile.OpenDir(s.stagedDir())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list staged runs: %w", err)
	}
	defer func() { _ = f.Close() }()
	names, err := f.Readdirnames(-1)
	if err != nil {
		return nil, fmt.Errorf("list staged runs: %w", err)
	}
	old := make(map[string]Marker, len(known))
	for _, m := range known {
		old[m.ID] = m
	}
	markers := make([]Marker, 0, len(names))
	// Runs of which this host learns now were perhaps looked for too early, see lockNamed.
	if slices.ContainsFunc(names, func(name string) bool { return old[name].ID == "" }) {
		_ = sharedfs.RefreshDirs(s.runs)
	}
	for _, name := range names {
		if id, prepared := strings.CutPrefix(name, "."); prepared && IsName(id) && s.run(id).claimableStatus() == Staged {
			s.adopt(id)
			name = id
		}
		if !IsName(name) {
			continue
		}
		m, ok := old[name]
		if !ok {
			if m, ok = s.marker(name); !ok {
				continue // consumed meanwhile
			}
		}
		markers = append(markers, m)
	}
	slices.SortFunc(markers, func(a, b Marker) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), a.Time.Compare(b.Time), cmp.Compare(a.order, b.order), cmp.Compare(a.ID, b.ID))
	})
	// A marker that was adopted while it was listed can be there twice.
	return slices.CompactFunc(markers, func(a, b Marker) bool { return a.ID == b.ID }), nil
}

func (s *Store) marker(id string) (Marker, bool) {
	st, err := os.Lstat(s.stagedPath(id))
	if err != nil {
		return Marker{}, false
	}
	m := Marker{ID: id, Time: st.ModTime()}
	data, _ := sharedfs.ReadFile(s.stagedPath(id))
	_, _ = fmt.Sscan(string(data), &m.order, &m.Priority) // what is missing is 0
	return m, true
}
