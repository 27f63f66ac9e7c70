package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guild/runs/plainfile"
	"guild/runs/sharedfs"
)

// Errors of the store, to be tested with errors.Is.
var (
	ErrNotFound  = errors.New("no such run")
	ErrBusy      = errors.New("run is owned by another process")
	ErrNotStaged = errors.New("run is not staged")
	ErrExists    = errors.New("run exists already")
)

// Store is a Guild home with its runs root. Opening one does no I/O: directories are made when something is written.
type Store struct {
	home string
	runs string
}

// Open returns the store below home.
func Open(home string) *Store {
	return &Store{home: home, runs: filepath.Join(home, "runs")}
}

// Home returns the directory that holds the runs root, the trash and the caches.
func (s *Store) Home() string { return s.home }

// Root returns the runs root.
func (s *Store) Root() string { return s.runs }

// TrashDir holds deleted runs.
func (s *Store) TrashDir() string { return filepath.Join(s.home, "trash", "runs") }

// LocksDir holds the named locks of this home.
func (s *Store) LocksDir() string { return filepath.Join(s.home, "locks") }

// ProcDir holds pidfiles of runs in the background.
func (s *Store) ProcDir() string { return filepath.Join(s.home, "proc") }

// CacheDir holds what can be derived again at any time.
func (s *Store) CacheDir(elem ...string) string {
	return filepath.Join(append([]string{s.home, "cache"}, elem...)...)
}

func (s *Store) stagedDir() string  { return filepath.Join(s.runs, ".staged") }
func (s *Store) claimedDir() string { return filepath.Join(s.runs, ".claimed") }

// StagedDir returns the directory of markers that schedulers watch. It is made if missing, so that it can be watched.
func (s *Store) StagedDir() (string, error) {
	dir := s.stagedDir()
	if err := s.MakeDir(dir); err != nil {
		return "", fmt.Errorf("make the directory of staged runs: %w", err)
	}
	return dir, nil
}

// StagedPath returns the path that StagedDir makes, for who only looks: there may be nothing yet.
func (s *Store) StagedPath() string { return s.stagedDir() }

// Get returns the run with the given full id. The error is ErrNotFound where there is none.
func (s *Store) Get(id string) (*Run, error) {
	r := s.run(id)
	if !IsName(id) || !isRunDir(r.Dir) {
		return nil, fmt.Errorf("run %s: %w", id, ErrNotFound)
	}
	return r, nil
}

func (s *Store) run(id string) *Run {
	return Named(id, s.runs+string(filepath.Separator)+id) // the root is a clean path, and runs are many
}

// IDs returns the names of all run directories, in no order. A root that does not exist is an empty one.
func (s *Store) IDs() ([]string, error) { return runNames(s.runs) }

func runNames(dir string) ([]string, error) {
	f, err := plainfile.OpenDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	defer func() { _ = f.Close() }()
	ids, err := readRunNames(f)
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	return ids, nil
}

func readRunNames(dir *os.File) ([]string, error) {
	names, err := dir.Readdirnames(-1)
	return slices.DeleteFunc(names, func(n string) bool { return !IsName(n) }), err
}

// IsName accepts what can be a run id: ours are 32 hex digits, but `--run-id` and older stores have others.
func IsName(n string) bool {
	return n != "" && n[0] != '.' && !strings.ContainsAny(n, "/\x00")
}

func isRunDir(dir string) bool {
	st, err := os.Stat(filepath.Join(dir, guildDir))
	return err == nil && st.IsDir()
}

// isGone reports whether there certainly is nothing at path; not being able to look is another thing.
func isGone(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(sharedfs.GoneIfStale(err), fs.ErrNotExist)
}
