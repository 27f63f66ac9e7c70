package check

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"guild/runs"
	"guild/runs/opref"
)

func init() {
	for name, d := range deeds {
		roles[name] = d.do
	}
	roles[ownerRole] = own
}

// deed is an operation of a process on a store; at each of its system calls it may fail or be killed.
type deed struct {
	// prepare prepares the store and returns the id of the run; none for an operation that makes one.
	prepare func(*testing.T, *runs.Store) string
	do      func(s *runs.Store, id string) error
	// before and after are the states of the run if the operation is cut short early or late; "gone" means that it is not in the root,
	// "deleted" that it is in the trash.
	before, after []string
	halfway       []string // possible states in between
}

const (
	gone    = "gone"
	deleted = "deleted"
)

func byID(s *runs.Store, id string) (*runs.Run, error) {
	if r, err := s.Get(id); err == nil {
		return r, nil
	}
	all, err := s.Deleted()
	for _, r := range all {
		if r.ID == id {
			return r, nil
		}
	}
	return nil, errors.Join(err, runs.ErrNotFound)
}

func withRun(do func(*runs.Store, *runs.Run) error) func(*runs.Store, string) error {
	return func(s *runs.Store, id string) error {
		r, err := byID(s, id)
		if err != nil {
			return err
		}
		return part(func() error { return do(s, r) })
	}
}

func aStaged(t *testing.T, s *runs.Store) string { return staged(t, s).ID }

func anEnded(t *testing.T, s *runs.Store) string { return ended(t, s, 0).ID }

func aDeleted(t *testing.T, s *runs.Store) string {
	r := staged(t, s)
	ok(t, s.Delete(r, false))
	return r.ID
}

const newID = "0123456789abcdef0123456789abcdef"

var deeds = map[string]deed{
	"stage": {
		prepare: func(*testing.T, *runs.Store) string { return newID },
		do: func(s *runs.Store, id string) error {
			return part(func() error {
				d, err := s.Draft(id)
				if err != nil {
					return err
				}
				if err := d.SetOpref(opref.Ref{PkgType: opref.Builtin, Op: "x"}); err != nil {
					d.Discard()
					return err
				}
				_, err = s.CommitStaged(d)
				return err
			})
		},
		before: []string{gone, deleted}, after: []string{"staged"},
	},
	"claim": {
		prepare: aStaged,
		do: withRun(func(s *runs.Store, r *runs.Run) error {
			_, err := s.Claim(r.ID)
			return err
		}),
		before: []string{"staged"}, after: []string{"staged"},
	},
	"release": {
		prepare: aStaged,
		do: func(s *runs.Store, id string) error {
			c, err := s.Claim(id)
			if err != nil {
				return err
			}
			return part(c.Release)
		},
		before: []string{"staged"}, after: []string{"staged"},
	},
	"start": {
		prepare: aStaged,
		do: func(s *runs.Store, id string) error {
			c, err := s.Claim(id)
			if err != nil {
				return err
			}
			return part(func() error {
				o := runs.Self()
				o.Claim = c.Name()
				if err := c.Lock.Begin(o); err != nil {
					return err
				}
				return errors.Join(c.Lock.Finish(7), s.DropClaim(c.Name()))
			})
		},
		before: []string{"staged"}, halfway: []string{"error", "error 1"}, after: []string{"error 7"},
	},
	"restart": {
		prepare: anEnded,
		do: withRun(func(s *runs.Store, r *runs.Run) error {
			l, _, err := s.Own(r)
			if err != nil {
				return err
			}
			if err := l.Begin(runs.Self()); err != nil {
				return err
			}
			return l.Finish(7)
		}),
		before: []string{"completed 0"}, halfway: []string{"error", "error 1"}, after: []string{"error 7"},
	},
	"restage": {
		prepare: anEnded,
		do: withRun(func(s *runs.Store, r *runs.Run) error {
			l, _, err := s.Own(r)
			if err != nil {
				return err
			}
			return s.Restage(l)
		}),
		before: []string{"completed 0"}, after: []string{"staged"},
	},
	"label": {
		prepare: anEnded,
		do:      withRun(func(_ *runs.Store, r *runs.Run) error { return r.SetAttr("label", "new") }),
		before:  []string{"completed 0"}, after: []string{"completed 0"},
	},
	"stop": {
		prepare: anEnded,
		do:      withRun(func(_ *runs.Store, r *runs.Run) error { return r.RequestStop(false) }),
		before:  []string{"completed 0"}, after: []string{"completed 0"},
	},
	"delete": {
		prepare: aStaged,
		do:      withRun(func(s *runs.Store, r *runs.Run) error { return s.Delete(r, false) }),
		before:  []string{"staged"}, after: []string{deleted},
	},
	"delete for good": {
		prepare: aStaged,
		do:      withRun(func(s *runs.Store, r *runs.Run) error { return s.Delete(r, true) }),
		before:  []string{"staged"}, after: []string{gone},
	},
	"restore": {
		prepare: aDeleted,
		do: withRun(func(s *runs.Store, r *runs.Run) error {
			_, err := s.Restore(r)
			return err
		}),
		before: []string{deleted}, after: []string{"staged"},
	},
	"purge": {
		prepare: aDeleted,
		do:      withRun(func(s *runs.Store, r *runs.Run) error { return s.Purge(r) }),
		before:  []string{deleted}, after: []string{gone},
	},
	"recover": {
		prepare: func(t *testing.T, s *runs.Store) string {
			c := claim(t, s, staged(t, s))
			ok(t, c.Lock.Close())
			return c.Run.ID
		},
		do: func(s *runs.Store, _ string) error {
			return part(func() error {
				_, err := s.RecoverClaims()
				return err
			})
		},
		before: []string{"staged"}, after: []string{"staged"},
	},
	"note a loss": {
		prepare: func(t *testing.T, s *runs.Store) string { return faults["lost owner"].spoil(t, s).ID },
		do: withRun(func(_ *runs.Store, r *runs.Run) error {
			l, err := r.TryLock()
			if err != nil {
				return err
			}
			return l.NoteLost()
		}),
		before: []string{"error"}, after: []string{"error"},
	},
}

// standing returns where a run is and how it ended.
func standing(s *runs.Store, id string) string {
	r, err := byID(s, id)
	if err != nil {
		return gone
	}
	if strings.HasPrefix(r.Dir, s.TrashDir()) {
		return deleted
	}
	text := string(r.Status())
	if o, ok := r.Outcome(); ok {
		text += fmt.Sprint(" ", o.Exit)
	}
	return text
}

// settle does what the next scheduler and a user do: recover, check, repair. Afterwards everything must be well, and staged runs can be
// started.
func settle(t *testing.T, s *runs.Store, id string) {
	t.Helper()
	_, err := s.RecoverClaims()
	ok(t, err)
	found, err := examine(t.Context(), s, 0) // no process is at work
	ok(t, err)
	_, err = Repair(t.Context(), s, found)
	ok(t, err)
	if left, err := examine(t.Context(), s, 0); left != nil || err != nil {
		t.Errorf("after a repair: %+v, %v", left, err)
	}
	if standing(s, id) != "staged" {
		return
	}
	c, err := s.Claim(id)
	if err != nil {
		t.Errorf("it cannot be claimed: %v", err)
		return
	}
	ok(t, c.Lock.Begin(runs.Self()), c.Lock.Finish(0), s.DropClaim(c.Name()), c.Lock.Close())
}

// A process is killed before each of its system calls. The run is then as before or as after the operation, and the next scheduler
// continues from there.
func TestKilledAtEachCall(t *testing.T) {
	total := 0
	for name, d := range deeds {
		t.Run(name, func(t *testing.T) {
			late := false
			for n := 1; ; n += stride {
				s := runs.Open(t.TempDir())
				id := d.prepare(t, s)
				var at call
				_, _, killed := trace(t, role(name, s, id), s.Home(), nil, func(c call) verdict {
					if c.n != n {
						return verdict{}
					}
					at = c
					return verdict{kill: true}
				})
				got := standing(s, id)
				switch {
				case !killed:
					if !slices.Contains(d.after, got) {
						t.Errorf("unharmed: %s", got)
					}
				case slices.Contains(d.before, got) && (!late || slices.Contains(d.after, got)):
				case slices.Contains(d.halfway, got) || slices.Contains(d.after, got):
					late = true
				default:
					t.Errorf("killed before %s: it is %s", at, got)
				}
				settle(t, s, id)
				agrees(t, s, id)
				if t.Failed() {
					t.Fatalf("killed before %s", at)
				}
				if !killed {
					total += n - 1
					return
				}
			}
		})
	}
	t.Logf("%d points", total)
}

// faultErrors are possible errors of a disk or a server.
var faultErrors = []unix.Errno{unix.ENOSPC, unix.EIO, unix.EDQUOT, unix.EROFS, unix.EACCES, unix.ESTALE}

// Each system call that fails either gives an error of one line or is tolerated; no incomplete file has a final name, no temporary file is
// left, and the run is as before or as after the operation.
func TestEachCallFails(t *testing.T) {
	total := 0
	for name, d := range deeds {
		t.Run(name, func(t *testing.T) {
			for n := 1; ; n += stride {
				// One error per call: the kind of error seldom matters.
				errno := faultErrors[n%len(faultErrors)]
				s := runs.Open(t.TempDir())
				id := d.prepare(t, s)
				var at call
				out, calls, _ := trace(t, role(name, s, id), s.Home(), nil, func(c call) verdict {
					if c.n != n {
						return verdict{}
					}
					at = c
					if c.needsSpace() && n%4 > 0 {
						errno = []unix.Errno{unix.ENOSPC, unix.EDQUOT}[n%2]
					}
					return verdict{errno: errno}
				})
				if calls < n {
					total += n - 1
					return
				}
				fault := fmt.Sprintf("%v in %s", errno, at)
				if strings.Count(out, "\n") > 1 {
					t.Errorf("%s: the error has several lines: %s", fault, out)
				}
				got := standing(s, id)
				if !slices.Contains(slices.Concat(d.before, d.halfway, d.after), got) || out == "" && !slices.Contains(d.after, got) {
					t.Errorf("%s: it is %s, and the error is %q", fault, got, out)
				}
				if (errno == unix.ENOSPC || errno == unix.EDQUOT) && at.needsSpace() && slices.Contains(d.halfway, got) {
					t.Errorf("%s leaves it halfway: it is %s", fault, got)
				}
				if at.nr != unix.SYS_UNLINKAT && at.nr != unix.SYS_UNLINK {
					noTemporaries(t, s, fault)
				}
				settle(t, s, id)
				agrees(t, s, id)
				if t.Failed() {
					t.Fatalf("%s: error %q", fault, out)
				}
			}
		})
	}
	t.Logf("%d points", total)
}

func noTemporaries(t *testing.T, s *runs.Store, when string) {
	t.Helper()
	ok(t, filepath.WalkDir(s.Home(), func(path string, d os.DirEntry, err error) error {
		if strings.HasPrefix(d.Name(), ".tmp-") {
			t.Errorf("%s: %s is left", when, path)
		}
		return err
	}))
}

// ownerRole is the role of a process that starts and ends the run whose lock it inherits at descriptor 3.
const ownerRole = "owner"

func own(s *runs.Store, id string) error {
	r, err := s.Get(id)
	if err != nil {
		return err
	}
	l, err := runs.AdoptLock(r, 3)
	if err != nil {
		return err
	}
	return part(func() error {
		if err := l.Begin(runs.Self()); err != nil {
			return err
		}
		return l.Finish(3)
	})
}

// If a host is frozen before any of its system calls and resumed after another one took its run, what the other recorded stays as it is,
// whether it has started the run, ended it or staged it again.
func TestFrozenOwner(t *testing.T) {
	total := 0
	for name, second := range map[string]struct {
		do   func(*testing.T, *runs.Store, *runs.Lock)
		want string
	}{
		"runs":      {func(*testing.T, *runs.Store, *runs.Lock) {}, "running"},
		"has ended": {func(t *testing.T, _ *runs.Store, l *runs.Lock) { ok(t, l.Finish(7)) }, "error 7"},
		"staged and claimed": {func(t *testing.T, s *runs.Store, l *runs.Lock) {
			ok(t, l.Finish(7), s.Restage(l))
			claim(t, s, l.Run())
		}, "staged"},
	} {
		t.Run(name, func(t *testing.T) {
			for n := 1; ; n += stride {
				s := runs.Open(t.TempDir())
				first, err := draft(t, s).CommitOwned(runs.Pending)
				ok(t, err)
				id := first.Run().ID
				var other *runs.Lock
				var at call
				out, calls, _ := trace(t, role(ownerRole, s, id), s.Home(), []*os.File{first.File()}, func(c call) verdict {
					if c.n != n {
						return verdict{}
					}
					at = c
					return verdict{pause: func() {
						// The lease is over: the server gives the lock to another host.
						ok(t, unix.Flock(int(first.File().Fd()), unix.LOCK_UN))
						other, err = first.Run().TryLock()
						ok(t, err)
						ok(t, other.Begin(runs.Self()))
						second.do(t, s, other)
					}}
				})
				ok(t, first.Close())
				if calls < n {
					total += n - 1
					return
				}
				if got := standing(s, id); got != second.want {
					t.Errorf("frozen before %s: it is %s; the first owner says %q", at, got, out)
				}
				agrees(t, s, id)
				other.Close() // unless it is closed
				if t.Failed() {
					t.Fatalf("frozen before %s: the first owner says %q", at, out)
				}
			}
		})
	}
	t.Logf("%d points", total)
}
