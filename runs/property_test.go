package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
	"pgregory.net/rapid"

	"guild/runs/opref"
)

// model is what a store should hold after any sequence of operations and crashes between their steps.
type model struct {
	store *Store
	live  map[string]*modelRun
	trash map[string]*modelRun // by the name of the directory
	// markers has the names in .staged, claims the run ids by name in .claimed.
	markers map[string]bool
	claims  map[string]string
	held    []*held
	frozen  []*held // owners of running runs that have lost their locks without knowing it
}

type modelRun struct {
	id     string
	status Status // as recorded; an error without an exit status is a lost owner
	exit   *int
	starts int // including stagings
}

// held is a lock that this process has.
type held struct {
	id    string
	lock  *Lock
	claim *Claim // nil if the run was not taken as a staged one
	run   *modelRun
	start int // number of the start in run.starts that it began
}

var someIDs = []string{"a1", "b2", "c3", "d4.x"}

func (m *model) owner(id string) *held {
	for _, h := range m.held {
		if h.id == id {
			return h
		}
	}
	return nil
}

func (m *model) drop(h *held) {
	m.held = slices.DeleteFunc(m.held, func(o *held) bool { return o == h })
}

func anyHeld(t *rapid.T, m *model, ok func(*held) bool) *held {
	var fit []*held
	for _, h := range m.held {
		if ok(h) {
			fit = append(fit, h)
		}
	}
	if len(fit) == 0 {
		t.Skip("nothing is held")
	}
	return fit[rapid.IntRange(0, len(fit)-1).Draw(t, "held")]
}

// wantIs fails unless err is want, where nil is no error.
func wantIs(t *rapid.T, err, want error) {
	t.Helper()
	if want == nil && err != nil || want != nil && !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
}

func (m *model) create(t *rapid.T) {
	id := rapid.SampledFrom(someIDs).Draw(t, "id")
	status := rapid.SampledFrom([]Status{Staged, Pending}).Draw(t, "status")
	d, err := m.store.Draft(id)
	if m.live[id] != nil {
		wantIs(t, err, ErrExists)
		return
	}
	wantIs(t, err, nil)
	wantIs(t, d.SetOpref(opref.Ref{PkgType: opref.Builtin, Op: "x"}), nil)
	if rapid.Bool().Draw(t, "discard") {
		d.Discard()
		return
	}
	r, err := d.Commit(status)
	wantIs(t, err, nil)
	m.live[id] = &modelRun{id: id, status: status}
	if status == Staged && !rapid.Bool().Draw(t, "crash before the marker") {
		wantIs(t, m.store.Stage(r), nil)
		m.markers[id] = true
	}
}

func (m *model) claim(t *rapid.T) {
	id := rapid.SampledFrom(someIDs).Draw(t, "id")
	c, err := m.store.Claim(id)
	r := m.live[id]
	switch {
	case r == nil:
		wantIs(t, err, ErrNotFound)
		delete(m.markers, id)
	case m.owner(id) != nil:
		wantIs(t, err, ErrBusy)
	case r.status != Staged:
		wantIs(t, err, ErrNotStaged)
		delete(m.markers, id)
	case !m.markers[id]:
		wantIs(t, err, ErrNotStaged)
	default:
		wantIs(t, err, nil)
		delete(m.markers, id)
		m.claims[c.Name()] = id
		m.held = append(m.held, &held{id: id, lock: c.Lock, claim: c})
	}
}

func (m *model) release(t *rapid.T) {
	h := anyHeld(t, m, func(h *held) bool { return h.claim != nil && m.live[h.id].status == Staged })
	wantIs(t, h.claim.Release(), nil)
	delete(m.claims, h.claim.Name())
	m.markers[h.id] = true
	m.drop(h)
}

func (m *model) lock(t *rapid.T) {
	id := rapid.SampledFrom(someIDs).Draw(t, "id")
	l, err := m.store.run(id).TryLock()
	switch {
	case m.live[id] == nil:
		wantIs(t, err, ErrNotFound)
	case m.owner(id) != nil:
		wantIs(t, err, ErrBusy)
	default:
		wantIs(t, err, nil)
		m.held = append(m.held, &held{id: id, lock: l})
	}
}

// crash ends an owner at any time: the kernel drops its locks, and everything else stays as it is.
func (m *model) crash(t *rapid.T) {
	h := anyHeld(t, m, func(*held) bool { return true })
	wantIs(t, h.lock.Close(), nil)
	m.drop(h)
}

func (r *modelRun) become(status Status, exit *int) {
	r.status, r.exit = status, exit
	r.starts++
}

// takeOver simulates the end of a lease: a frozen host loses its lock to another one.
func (m *model) takeOver(t *rapid.T) {
	h := anyHeld(t, m, func(h *held) bool { return h.run != nil && h.run.status == Running && h.start == h.run.starts })
	wantIs(t, unix.Flock(int(h.lock.f.Fd()), unix.LOCK_UN), nil)
	l, err := m.store.run(h.id).TryLock()
	wantIs(t, err, nil)
	m.drop(h)
	m.frozen = append(m.frozen, h)
	m.held = append(m.held, &held{id: h.id, lock: l})
}

// thaw resumes a frozen owner: it records its outcome if the lock is free and its start is still the latest.
func (m *model) thaw(t *rapid.T) {
	if len(m.frozen) == 0 {
		t.Skip("nobody is frozen")
	}
	i := rapid.IntRange(0, len(m.frozen)-1).Draw(t, "frozen")
	h := m.frozen[i]
	m.frozen = slices.Delete(m.frozen, i, i+1)
	current := m.live[h.id] == h.run && m.owner(h.id) == nil && h.start == h.run.starts
	if rapid.Bool().Draw(t, "touch first") && m.owner(h.id) == nil {
		if err := h.lock.Touch(); (err == nil) != current {
			t.Fatalf("touch: %v, current %v", err, current)
		}
	}
	exit := 3
	err := h.lock.Finish(exit)
	switch {
	case current:
		wantIs(t, err, nil)
		h.run.become(Error, &exit)
	case m.live[h.id] == nil:
		wantIs(t, err, ErrNotFound)
	default:
		wantIs(t, err, ErrBusy)
	}
	wantIs(t, h.lock.Close(), nil)
}

// noteLost does what a repair does with a run whose owner was lost.
func (m *model) noteLost(t *rapid.T) {
	id := rapid.SampledFrom(someIDs).Draw(t, "id")
	r := m.live[id]
	if r == nil || m.owner(id) != nil {
		t.Skip("not to be repaired")
	}
	l, err := m.store.run(id).TryLock()
	wantIs(t, err, nil)
	wantIs(t, l.Settle(), nil)
	wantIs(t, l.NoteLost(), nil)
	wantIs(t, l.Close(), nil)
	if r.status == Running {
		r.become(Error, nil)
	}
}

func (m *model) begin(t *rapid.T) {
	h := anyHeld(t, m, func(h *held) bool {
		r := m.live[h.id]
		return r.status != Running || h.claim == nil && h.run == nil // a run whose owner was lost is started again
	})
	o := Self()
	if h.claim != nil {
		o.Claim = h.claim.Name()
	}
	wantIs(t, h.lock.Begin(o), nil)
	m.live[h.id].become(Running, nil)
	h.run, h.start = m.live[h.id], m.live[h.id].starts
}

func (m *model) finish(t *rapid.T) {
	h := anyHeld(t, m, func(h *held) bool { return m.live[h.id].status == Running })
	exit := rapid.SampledFrom([]int{0, 1, -15}).Draw(t, "exit status")
	wantIs(t, h.lock.Finish(exit), nil)
	m.live[h.id].become(StatusFor(exit), &exit)
	if rapid.Bool().Draw(t, "crash before the claim is dropped") || h.claim == nil {
		wantIs(t, h.lock.Close(), nil)
	} else {
		wantIs(t, m.store.DropClaim(h.claim.Name()), nil)
		delete(m.claims, h.claim.Name())
		wantIs(t, h.lock.Close(), nil)
	}
	m.drop(h)
}

func (m *model) restage(t *rapid.T) {
	h := anyHeld(t, m, func(h *held) bool { return h.claim == nil })
	wantIs(t, m.store.Restage(h.lock), nil)
	m.live[h.id].become(Staged, nil)
	m.markers[h.id] = true
	m.drop(h)
}

func (m *model) delete(t *rapid.T) {
	id := rapid.SampledFrom(someIDs).Draw(t, "id")
	permanent := rapid.Bool().Draw(t, "permanent")
	err := m.store.Delete(m.store.run(id), permanent)
	switch {
	case m.live[id] == nil:
		wantIs(t, err, ErrNotFound)
		return
	case m.owner(id) != nil:
		wantIs(t, err, ErrBusy)
		return
	}
	wantIs(t, err, nil)
	if !permanent {
		name := id
		for n := 1; m.trash[name] != nil; n++ {
			name = fmt.Sprintf("%s.%d", id, n)
		}
		m.trash[name] = m.live[id]
	}
	delete(m.live, id)
	delete(m.markers, id)
}

// aDeleted returns a run in the trash.
func (m *model) aDeleted(t *rapid.T) (name string, r *Run) {
	if len(m.trash) == 0 {
		t.Skip("the trash is empty")
	}
	name = rapid.SampledFrom(slices.Sorted(maps.Keys(m.trash))).Draw(t, "deleted")
	return name, Named(name, filepath.Join(m.store.TrashDir(), name))
}

func (m *model) restore(t *rapid.T) {
	name, r := m.aDeleted(t)
	was := m.trash[name]
	back, err := m.store.Restore(r)
	if m.live[was.id] != nil {
		wantIs(t, err, ErrExists)
		return
	}
	wantIs(t, err, nil)
	if back.ID != was.id {
		t.Fatalf("%s comes back as %s", was.id, back.ID)
	}
	delete(m.trash, name)
	m.live[was.id] = was
	if was.status == Staged {
		m.markers[was.id] = true
	}
}

func (m *model) purge(t *rapid.T) {
	name, r := m.aDeleted(t)
	wantIs(t, m.store.Purge(r), nil)
	delete(m.trash, name)
}

func (m *model) recoverAll(t *rapid.T) {
	got, err := m.store.RecoverClaims()
	wantIs(t, err, nil)
	var want []string
	for name, id := range m.claims {
		if m.owner(id) != nil {
			continue
		}
		delete(m.claims, name)
		if r := m.live[id]; r != nil && r.status == Staged {
			m.markers[id] = true
			want = append(want, id)
		}
	}
	sameNames(t, "recovered", got, want)
}

func (m *model) sweep(t *rapid.T) {
	got, err := m.store.Sweep(0, nil)
	wantIs(t, err, nil)
	var want []string
	claimed := slices.Collect(maps.Values(m.claims))
	for id, r := range m.live {
		if r.status == Staged && !m.markers[id] && m.owner(id) == nil && !slices.Contains(claimed, id) {
			m.markers[id] = true
			want = append(want, id)
		}
	}
	sameNames(t, "swept", got, want)
}

func sameNames(t *rapid.T, what string, got, want []string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Fatalf("%s: got %q, want %q", what, got, want)
	}
}

// check compares the store with the model.
func (m *model) check(t *rapid.T) {
	list, err := m.store.List()
	wantIs(t, err, nil)
	var got []string
	for _, r := range list {
		got = append(got, r.ID)
		want := m.live[r.ID]
		if want == nil {
			t.Fatalf("run %s is there", r.ID)
		}
		status := want.status
		if status == Running && m.owner(r.ID) == nil {
			status = Error
		}
		if s := r.State(); s.Status != status || s.Lost != (status == Error && want.exit == nil) {
			t.Fatalf("run %s: state %+v, want %s", r.ID, s, status)
		}
		switch got := guildAIStatus(r.Dir); {
		case got == inGuildAI(status):
		case got == "running" && status == Error && want.exit == nil: // lost, and not swept yet
		case got == "error" && status == Running && m.owner(r.ID).start != want.starts: // lost and swept, and a process looks at it
		default:
			t.Fatalf("run %s: %s in Guild AI, want %s", r.ID, got, status)
		}
		if owned, err := r.Owned(); err != nil || owned != (m.owner(r.ID) != nil) {
			t.Fatalf("run %s: owned %v, %v", r.ID, owned, err)
		}
		exit, ok := r.AttrInt("exit_status")
		if ok != (want.exit != nil) || ok && exit != *want.exit {
			t.Fatalf("run %s: exit status %d, %v", r.ID, exit, ok)
		}
		if o, ok := r.Outcome(); ok != (want.exit != nil) || ok && o.Exit != *want.exit {
			t.Fatalf("run %s: outcome %+v, %v", r.ID, o, ok)
		}
		if in, err := r.Inspect(); err != nil || len(in.Stale) > 0 || in.Lost != (want.status == Running && !in.Owned) {
			t.Fatalf("run %s: %+v, %v", r.ID, in, err)
		}
	}
	sameNames(t, "runs", got, slices.Collect(maps.Keys(m.live)))
	deleted, err := m.store.Deleted()
	wantIs(t, err, nil)
	trash := make([]string, len(deleted))
	for i, r := range deleted {
		trash[i] = r.ID
	}
	sameNames(t, "trash", trash, slices.Collect(maps.Keys(m.trash)))
	staged, err := m.store.Staged(nil)
	wantIs(t, err, nil)
	got = nil
	for _, s := range staged {
		got = append(got, s.ID)
	}
	sameNames(t, "markers", got, slices.Collect(maps.Keys(m.markers)))
	sameNames(t, "claims", dirNames(t, m.store.claimedDir()), slices.Collect(maps.Keys(m.claims)))
	noTemporaries(t, m.store.Home())
}

func dirNames(t *rapid.T, dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func noTemporaries(t *rapid.T, home string) {
	err := filepath.WalkDir(home, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist): // nothing was made yet
			return nil
		case err == nil && strings.HasPrefix(d.Name(), ".tmp-"):
			return fmt.Errorf("%s is left", path)
		}
		return err
	})
	wantIs(t, err, nil)
}

// end crashes all owners and lets a scheduler recover: everything staged can be claimed, once.
func (m *model) end(t *rapid.T) {
	for len(m.held) > 0 {
		wantIs(t, m.held[0].lock.Close(), nil)
		m.drop(m.held[0])
	}
	for _, h := range m.frozen {
		wantIs(t, h.lock.Close(), nil)
	}
	m.recoverAll(t)
	m.sweep(t)
	m.check(t)
	if len(m.claims) > 0 {
		t.Fatalf("claims are left: %v", m.claims)
	}
	for id, r := range m.live {
		c, err := m.store.Claim(id)
		if r.status != Staged {
			wantIs(t, err, ErrNotStaged)
			continue
		}
		wantIs(t, err, nil)
		_, err = m.store.Claim(id)
		wantIs(t, err, ErrBusy)
		wantIs(t, c.Lock.Close(), nil)
		_, err = m.store.Claim(id)
		wantIs(t, err, ErrNotStaged) // its marker is missing until it is recovered
	}
}

func TestStoreAgainstModel(t *testing.T) {
	home := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		m := &model{
			store: Open(filepath.Join(home, fmt.Sprint(n))), live: map[string]*modelRun{}, trash: map[string]*modelRun{},
			markers: map[string]bool{}, claims: map[string]string{},
		}
		t.Repeat(map[string]func(*rapid.T){
			"":          m.check,
			"create":    m.create,
			"claim":     m.claim,
			"release":   m.release,
			"lock":      m.lock,
			"crash":     m.crash,
			"begin":     m.begin,
			"finish":    m.finish,
			"take over": m.takeOver,
			"thaw":      m.thaw,
			"note lost": m.noteLost,
			"restage":   m.restage,
			"delete":    m.delete,
			"restore":   m.restore,
			"purge":     m.purge,
			"recover":   m.recoverAll,
			"sweep":     m.sweep,
		})
		m.end(t)
	})
}
