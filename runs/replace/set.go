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

// Set changes files and directories below one directory. It is for one goroutine. Discard ends it.
type Set struct {
	aside string // absolute
	lock  *os.File
	plan  plan
}

// plan is what a Set does, as it is on disk while it does it.
type plan struct {
	Root  string   `json:"root"` // relative to the directory that holds the aside
	Steps []step   `json:"steps"`
	Made  []string `json:"made"` // directories that are made for it, below the root
}

// step removes or replaces one file or directory.
type step struct {
	Path string `json:"path"` // below the root, with slashes
	Put  bool   `json:"put"`  // something new comes to the place
}

// Begin starts a change of what is below root. What is new is prepared in the directory in, best on the file system of root. What
// a process that was killed left in there is taken back first.
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

// prepare makes and locks the aside. It fails where another process took it for one that was left, in between.
func (s *Set) prepare(in string) error {
	in, err := filepath.Abs(in)
	if err != nil {
		return err
	}
	if s.aside, err = os.MkdirTemp(in, Prefix); err != nil {
		return err
	}
	var locked bool
	if s.lock, locked, err = lock(s.aside, os.O_CREATE); err == nil && !locked {
		err = fmt.Errorf("%s was taken away", s.aside)
	}
	for _, dir := range []string{"new", "old"} {
		if err == nil {
			err = os.Mkdir(filepath.Join(s.aside, dir), 0o777)
		}
	}
	if err != nil {
		s.Discard()
	}
	return err
}

// lock locks an aside, unless its process lives.
func lock(aside string, flag int) (f *os.File, locked bool, err error) {
	f, err = plainfile.OpenFile(filepath.Join(aside, "LOCK"), os.O_RDWR|flag, 0o666)
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
	// Who was quicker may have removed it by now.
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

// Dir is where what is new is prepared: each file and directory under the path below it that it will have below the root.
func (s *Set) Dir() string { return filepath.Join(s.aside, "new") }

// Put lets what has been prepared under path, with slashes, take its place, whatever is there.
func (s *Set) Put(path string) { s.plan.Steps = append(s.plan.Steps, step{path, true}) }

// Remove removes what is at path, if there is something. Directories that are empty then are removed too.
func (s *Set) Remove(path string) { s.plan.Steps = append(s.plan.Steps, step{path, false}) }

// Commit does all that was said since the last one, in that order. On an error all is as it was before, or the error says that it is
// not, and the set is of no more use.
func (s *Set) Commit() error {
	defer func() { s.plan = plan{Root: s.plan.Root} }()
	root := filepath.Join(filepath.Dir(s.aside), s.plan.Root)
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
		err = os.Remove(s.planPath()) // from here on it is done
	}
	if err == nil {
		return s.forgetOld()
	}
	if undone := undo(s.aside, s.plan.Root); undone != nil {
		// The plan stays, for the next one who begins here to try again.
		aside := s.aside
		s.unlock()
		s.aside = ""
		return fmt.Errorf("%w; and it could not be undone (%w): what was replaced is in %s", err, undone, aside)
	}
	return err
}

// forgetOld removes what was replaced.
func (s *Set) forgetOld() error {
	old := filepath.Join(s.aside, "old")
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

func (s *Set) planPath() string { return filepath.Join(s.aside, "plan") }

// addDirs adds the directories that have to be made: those that are not there, or are moved away before.
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

// moves reports a step for a directory, or for one that it is in.
func (p *plan) moves(dir string) bool {
	return slices.ContainsFunc(p.Steps, func(st step) bool { return st.Path == dir || strings.HasPrefix(dir, st.Path+"/") })
}

func (s *Set) apply(root string, i int) error {
	st := s.plan.Steps[i]
	rel := filepath.FromSlash(st.Path)
	to := filepath.Join(root, rel)
	err := move(to, oldPath(s.aside, i))
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

func oldPath(aside string, i int) string { return filepath.Join(aside, "old", strconv.Itoa(i)) }

// isAbsent says that there is nothing of a name, nor can be where a directory above it is a file.
func isAbsent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTDIR)
}

// removeEmpty removes a directory below root, and those above it, as far as they are empty and may go. An undo makes them again.
func removeEmpty(root, rel string, may func(rel string) bool) {
	for ; rel != "." && may(rel) && unix.Rmdir(filepath.Join(root, rel)) == nil; rel = filepath.Dir(rel) {
	}
}

// move renames. A file or link that goes to another file system is copied.
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

// Discard ends the set. What has not been committed is removed.
func (s *Set) Discard() {
	s.unlock()
	if s.aside != "" {
		_ = os.RemoveAll(s.aside) // what is left of it is removed by the next one who begins here
	}
}

// unlock comes before the removal: over NFS a file that is open cannot be removed.
func (s *Set) unlock() {
	if s.lock != nil {
		_ = s.lock.Close()
		s.lock = nil
	}
}

// Recover takes back what processes that were killed had begun, below root with in as the directory to prepare things in. Directories
// come from other people too: a plan is obeyed only within root, and not through links.
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
		aside := filepath.Join(in, e.Name())
		f, locked, err := lock(aside, os.O_CREATE)
		if err != nil || !locked { // somebody else's, or gone
			continue
		}
		err = undo(aside, rel)
		_ = f.Close()
		if err != nil {
			return fmt.Errorf("undo what a process that was killed began, see %s: %w", aside, err)
		}
		_ = os.RemoveAll(aside)
	}
	return nil
}

// undo takes back the steps of the plan in an aside, which may have been done as far as any of them, and then removes the plan. The
// plan must be for the root at the relative path rel.
func undo(aside, rel string) error {
	data, err := plainfile.Read(filepath.Join(aside, "plan"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var p plan
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	root := filepath.Join(filepath.Dir(aside), rel)
	if err == nil {
		err = p.check(root, rel)
	}
	if err != nil {
		return err
	}
	var failed []error
	for i := len(p.Steps) - 1; i >= 0; i-- {
		failed = append(failed, p.undoStep(root, aside, i))
	}
	if err := errors.Join(failed...); err != nil {
		return err
	}
	return os.Remove(filepath.Join(aside, "plan"))
}

// check refuses a plan that no Set has written: for another root, or with a path that leads out of it.
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

func (p *plan) undoStep(root, aside string, i int) error {
	st := p.Steps[i]
	rel := filepath.FromSlash(st.Path)
	to, old, prepared := filepath.Join(root, rel), oldPath(aside, i), filepath.Join(aside, "new", rel)
	if st.Put {
		if _, err := os.Lstat(prepared); isAbsent(err) { // it is in its place
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
