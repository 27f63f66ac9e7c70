package replace

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"guild/runs/clone"
	"guild/runs/plainfile"
)

// Set replaces and removes files and directories below a root directory. It may be used by one goroutine. Discard must be called at the
// end.
type Set struct {
	staging string // absolute
	lock    *os.File
	plan    plan
}

// plan is the list of steps of a Set, in the form in which it is on disk during Commit.
type plan struct {
	Root  string   `json:"root"` // relative to the directory that contains the staging directory
	Steps []step   `json:"steps"`
	Made  []string `json:"made"` // directories that Commit creates, below the root
}

// step removes or replaces one file or directory.
type step struct {
	Path string `json:"path"` // below the root, with slashes
	Put  bool   `json:"put"`  // a new file or directory is put at the path
}

// Begin starts a change below root, with a staging directory in the directory in, which should be on the same file system. It first
// undoes what a killed process left unfinished there.
func Begin(root, in string) (*Set, error) {
	if err := Recover(root, in); err != nil {
		return nil, err
	}
	rel, err := relative(in, root)
	if err != nil {
		return nil, err
	}
	const tries = 5
	for i := 0; ; i++ {
		s := &Set{plan: plan{Root: rel}}
		if err := s.prepare(in); err == nil || i == tries {
			return s, err
		}
	}
}

func relative(from, to string) (string, error) {
	from, err := filepath.Abs(from)
	if err != nil {
		return "", err
	}
	if to, err = filepath.Abs(to); err != nil {
		return "", err
	}
	return filepath.Rel(from, to)
}

// prepare creates and locks the staging directory. It fails if another process took it for an abandoned one before it was locked.
func (s *Set) prepare(in string) error {
	in, err := filepath.Abs(in)
	if err != nil {
		return err
	}
	if s.staging, err = os.MkdirTemp(in, Prefix); err != nil {
		return err
	}
	var locked bool
	if s.lock, locked, err = lock(s.staging, os.O_CREATE); err == nil && !locked {
		err = fmt.Errorf("%s was taken away", s.staging)
	}
	for _, dir := range []string{"new", "old"} {
		if err == nil {
			err = os.Mkdir(filepath.Join(s.staging, dir), 0o777)
		}
	}
	if err != nil {
		s.Discard()
	}
	return err
}

// lock locks a staging directory, unless the process that made it is alive.
func lock(staging string, flag int) (f *os.File, locked bool, err error) {
	f, err = plainfile.OpenFile(filepath.Join(staging, "LOCK"), os.O_RDWR|flag, 0o666)
	if err != nil {
		return nil, false, err
	}
	for {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if err != nil {
		_ = f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = nil
		}
		return nil, false, err
	}
	// Another process may have locked and removed it first.
	opened, err := f.Stat()
	if err == nil {
		var there os.FileInfo
		if there, err = os.Stat(f.Name()); err == nil && os.SameFile(opened, there) {
			return f, true, nil
		}
	}
	_ = f.Close()
	return nil, false, err
}

// Dir returns the directory in which the caller prepares new files and directories, under the paths that they will have below the root.
func (s *Set) Dir() string { return filepath.Join(s.staging, "new") }

// Put adds a step that moves the file or directory prepared under path, with slashes, to its place and replaces what is there.
func (s *Set) Put(path string) { s.plan.Steps = append(s.plan.Steps, step{path, true}) }

// Remove adds a step that removes the file or directory at path, if it exists, and parent directories that become empty.
func (s *Set) Remove(path string) { s.plan.Steps = append(s.plan.Steps, step{path, false}) }

// Commit executes the steps added since the last Commit, in order. On an error everything is as it was before; if that is not possible,
// the error says so. The set cannot be used after an error.
func (s *Set) Commit() error {
	defer func() { s.plan = plan{Root: s.plan.Root} }()
	root := filepath.Join(filepath.Dir(s.staging), s.plan.Root)
	s.plan.addDirs(root)
	err := s.writePlan()
	if err != nil {
		return err
	}
	for i := range s.plan.Steps {
		if err = s.apply(root, i); err != nil {
			break
		}
	}
	if err == nil {
		err = os.Remove(s.planPath()) // the change is complete once the plan is gone
	}
	if err == nil {
		return s.removeOld()
	}
	if undone := undo(s.staging, s.plan.Root); undone != nil {
		// The plan stays, so that the next Begin here tries again.
		staging := s.staging
		s.unlock()
		s.staging = ""
		return fmt.Errorf("%w; and it could not be undone (%w): what was replaced is in %s", err, undone, staging)
	}
	return err
}

// removeOld removes what was replaced.
func (s *Set) removeOld() error {
	old := filepath.Join(s.staging, "old")
	if err := os.RemoveAll(old); err != nil {
		return fmt.Errorf("remove what was replaced: %w", err)
	}
	return os.Mkdir(old, 0o777)
}

func (s *Set) writePlan() error {
	data, err := json.Marshal(s.plan)
	if err != nil {
		return err
	}
	return Bytes(s.planPath(), data)
}

func (s *Set) planPath() string { return filepath.Join(s.staging, "plan") }

// addDirs adds the directories that have to be created: those that are missing, or that an earlier step moves away.
func (p *plan) addDirs(root string) {
	known := map[string]bool{}
	for _, st := range p.Steps {
		if !st.Put {
			continue
		}
		for dir := filepath.Dir(filepath.FromSlash(st.Path)); dir != "." && !known[dir]; dir = filepath.Dir(dir) {
			known[dir] = true
			info, err := os.Lstat(filepath.Join(root, dir))
			if err != nil || !info.IsDir() && info.Mode()&fs.ModeSymlink == 0 || p.moves(filepath.ToSlash(dir)) {
				p.Made = append(p.Made, dir)
			}
		}
	}
}

// moves reports whether a step moves a directory or one of its parents.
func (p *plan) moves(dir string) bool {
	return slices.ContainsFunc(p.Steps, func(st step) bool { return st.Path == dir || strings.HasPrefix(dir, st.Path+"/") })
}

func (s *Set) apply(root string, i int) error {
	st := s.plan.Steps[i]
	rel := filepath.FromSlash(st.Path)
	to := filepath.Join(root, rel)
	err := move(to, oldPath(s.staging, i))
	switch {
	case err != nil && !isAbsent(err):
		return err
	case !st.Put:
		if err == nil {
			removeEmpty(root, filepath.Dir(rel), func(string) bool { return true })
		}
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	return move(filepath.Join(s.Dir(), rel), to)
}

func oldPath(staging string, i int) string { return filepath.Join(staging, "old", strconv.Itoa(i)) }

// isAbsent reports whether err says that a path does not exist, or cannot, because a parent is a file.
func isAbsent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTDIR)
}

// removeEmpty removes a directory below root and its parents, as long as they are empty and may returns true. An undo creates them again.
func removeEmpty(root, rel string, may func(rel string) bool) {
	for ; rel != "." && may(rel) && unix.Rmdir(filepath.Join(root, rel)) == nil; rel = filepath.Dir(rel) {
	}
}

// move renames a file or directory. A file or link is copied if the target is on another file system.
func move(from, to string) error {
	err := os.Rename(from, to)
	if !errors.Is(err, unix.EXDEV) {
		return err
	}
	st, statErr := os.Lstat(from)
	if statErr != nil {
		return statErr
	}
	tmp := to + Prefix
	switch st.Mode().Type() {
	case 0:
		if err := clone.File(from, tmp); err != nil {
			return err
		}
		if err := os.Chmod(tmp, st.Mode().Perm()); err != nil {
			return err
		}
	case fs.ModeSymlink:
		text, err := os.Readlink(from)
		if err == nil {
			err = os.Symlink(text, tmp)
		}
		if err != nil {
			return err
		}
	default:
		return err
	}
	if err := os.Rename(tmp, to); err != nil {
		_ = os.Remove(tmp)
		return err
	}
	return os.Remove(from)
}

// Discard ends the set and removes what was not committed.
func (s *Set) Discard() {
	s.unlock()
	if s.staging != "" {
		_ = os.RemoveAll(s.staging) // what remains is removed by the next Begin here
	}
}

// unlock must be called before the directory is removed: over NFS an open file cannot be removed.
func (s *Set) unlock() {
	if s.lock != nil {
		_ = s.lock.Close()
		s.lock = nil
	}
}

// Recover undoes what killed processes left unfinished below root, with staging directories in the directory in. Directories can come
// from other people, so a plan is followed only within root, and not through links.
func Recover(root, in string) error {
	rel, err := relative(in, root)
	if err != nil {
		return err
	}
	left, err := os.ReadDir(in)
	if err != nil {
		return err
	}
	for _, e := range left {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), Prefix) {
			continue
		}
		staging := filepath.Join(in, e.Name())
		f, locked, err := lock(staging, os.O_CREATE)
		if err != nil || !locked { // its process is alive, or it is gone
			continue
		}
		err = undo(staging, rel)
		_ = f.Close()
		if err != nil {
			return fmt.Errorf("undo the change that a killed process began, see %s: %w", staging, err)
		}
		_ = os.RemoveAll(staging)
	}
	return nil
}

// undo undoes the plan in a staging directory, however far it was executed, and then removes the plan. The plan must be for the root at
// the relative path rel.
func undo(staging, rel string) error {
	data, err := plainfile.Read(filepath.Join(staging, "plan"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var p plan
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	root := filepath.Join(filepath.Dir(staging), rel)
	if err == nil {
		err = p.check(root, rel)
	}
	if err != nil {
		return err
	}
	var failed []error
	for i := len(p.Steps) - 1; i >= 0; i-- {
		failed = append(failed, p.undoStep(root, staging, i))
	}
	if err := errors.Join(failed...); err != nil {
		return err
	}
	return os.Remove(filepath.Join(staging, "plan"))
}

// check rejects a plan that a Set cannot have written: one for another root, or with a path that leads out of it.
func (p *plan) check(root, rel string) error {
	if p.Root != rel {
		return fmt.Errorf("the plan is for %q: remove it", p.Root)
	}
	for _, st := range p.Steps {
		path := filepath.FromSlash(st.Path)
		if !filepath.IsLocal(path) {
			return fmt.Errorf("the plan has the path %q: remove it", st.Path)
		}
		for dir := filepath.Dir(path); dir != "."; dir = filepath.Dir(dir) {
			if info, err := os.Lstat(filepath.Join(root, dir)); err == nil && info.Mode()&fs.ModeSymlink != 0 {
				return fmt.Errorf("the plan goes through the link %s: remove it", filepath.Join(root, dir))
			}
		}
	}
	return nil
}

func (p *plan) undoStep(root, staging string, i int) error {
	st := p.Steps[i]
	rel := filepath.FromSlash(st.Path)
	to, old, prepared := filepath.Join(root, rel), oldPath(staging, i), filepath.Join(staging, "new", rel)
	if st.Put {
		if _, err := os.Lstat(prepared); isAbsent(err) { // it was moved to its place
			if err := move(to, prepared); err != nil && !isAbsent(err) {
				return err
			}
		}
		removeEmpty(root, filepath.Dir(rel), func(dir string) bool { return slices.Contains(p.Made, dir) })
	}
	if _, err := os.Lstat(old); isAbsent(err) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	return move(old, to)
}
