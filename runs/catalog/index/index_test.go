package index

import (
	"bytes"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/mount"
	"guild/runs/opref"
	"guild/runs/runjson"
	"guild/runs/scalars"
	"guild/runs/values"
)

// settle is longer than the coarsest clock tick of file systems.
const settle = 25 * time.Millisecond

type bed struct {
	*testing.T
	plain *runs.Store // of the same root, without an index
	index *Index
	ids   []string
}

func newBed(t *testing.T, n int) *bed {
	b := &bed{T: t, plain: runs.Open(t.TempDir())}
	b.index = &Index{func() place { return place{b.plain.CacheDir("index", "runs.db"), settle} }}
	for i := range n {
		b.make(fmt.Sprintf("%04d", i))
	}
	return b
}

// indexed returns the store as the next process opens it.
func (b *bed) indexed() *catalog.Catalog {
	return catalog.New(runs.Open(b.plain.Home()), b.index)
}

func (b *bed) make(id string) {
	b.Helper()
	d, err := b.plain.Draft(id)
	b.check(err)
	b.check(d.SetOpref(opref.Ref{PkgType: opref.Guildfile, PkgName: "/p/guild.yml", Op: "train"}))
	b.check(d.SetAttrs(map[string]any{"started": 1_000_000 + len(b.ids), "exit_status": 0, "flags": map[string]any{"x": len(b.ids)},
		"label": "first"}))
	_, err = d.Commit(runs.Completed)
	b.check(err)
	b.ids = append(b.ids, id)
}

func (b *bed) check(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bed) get(id string) *runs.Run {
	b.Helper()
	r, err := b.plain.Get(id)
	b.check(err)
	return r
}

func all(*catalog.Snapshot) bool { return true }

// settled waits until the clock of the file system has advanced.
func (b *bed) settled() {
	b.Helper()
	for until := time.Now().Add(settle + 5*time.Millisecond); time.Now().Before(until); {
		time.Sleep(time.Until(until))
	}
}

// seen is what a store shows, by a list in its order.
type seen struct {
	Summary runjson.Run
	Attrs   []string
	Loss    string
}

func (b *bed) see(list []*runs.View, err error) []seen {
	b.Helper()
	b.check(err)
	all := []seen{}
	for _, r := range list {
		names, err := r.AttrNames()
		b.check(err)
		v := seen{Summary: runjson.Of(r, r.State()), Attrs: names}
		if s := values.Of(r).Scalar("loss"); s != nil {
			v.Loss = s.Last.String()
		}
		all = append(all, v)
	}
	return all
}

func seeAll(b *bed, c *catalog.Catalog) []seen {
	list, err := c.Snapshots(all)
	return b.see(runs.Views(list), err)
}

// compare compares what a store shows with and without the index, and saves changes.
func (b *bed) compare(what string) {
	b.Helper()
	list, err := catalog.New(b.plain, nil).List()
	want := b.see(runs.Views(list), err)
	s := b.indexed()
	if d := cmp.Diff(want, seeAll(b, s)); d != "" {
		b.Fatalf("%s: snapshots: %s", what, d)
	}
	list, err = s.List()
	if d := cmp.Diff(want, b.see(runs.Views(list), err)); d != "" {
		b.Fatalf("%s: list: %s", what, d)
	}
	if d := cmp.Diff(want, b.see(runs.Views(s.Of(list)), nil)); d != "" {
		b.Fatalf("%s: snapshots of some: %s", what, d)
	}
	b.check(s.Save())
}

// changes are changes that any user can make, by hand, with guild or with Guild AI.
var changes = []struct {
	name string
	do   func(b *bed, id string, n int)
}{
	{"label", func(b *bed, id string, n int) { b.check(b.get(id).SetLabel(fmt.Sprint("label ", n))) }},
	{"label in place", func(b *bed, id string, n int) {
		b.check(os.WriteFile(b.get(id).GuildPath("attrs", "label"), fmt.Appendf(nil, "by hand %d\n", n), 0o666))
	}},
	{"no label", func(b *bed, id string, _ int) { b.check(b.get(id).SetLabel("")) }},
	{"mark", func(b *bed, id string, n int) { b.check(b.get(id).SetMarked(n%2 == 0)) }},
	{"start again", func(b *bed, id string, n int) {
		l, err := b.get(id).TryLock()
		b.check(err)
		b.check(l.Begin(runs.Self()))
		if n%3 > 0 {
			b.check(l.Finish(n%3 - 1))
		}
		b.check(l.Close())
	}},
	{"scalars", func(b *bed, id string, n int) {
		w := scalars.NewWriter(b.get(id))
		w.Scalar("loss", float64(n), int64(n), time.Now())
		b.check(w.Close())
	}},
	{"scalars of the operation", func(b *bed, id string, n int) {
		r := b.get(id)
		b.check(os.MkdirAll(r.Path("logs"), 0o777))
		w := scalars.NewWriter(runs.At(r.Path("logs")))
		b.check(os.MkdirAll(r.Path("logs", ".guild"), 0o777))
		w.Scalar("loss", float64(-n), int64(n), time.Now())
		b.check(w.Close())
	}},
	{"delete and restore", func(b *bed, id string, n int) {
		r := b.get(id)
		b.check(b.plain.Delete(r, false))
		if n%2 == 0 {
			_, err := b.plain.Restore(runs.Named(id, filepath.Join(b.plain.TrashDir(), id)))
			b.check(err)
			return
		}
		b.ids = slices.DeleteFunc(b.ids, func(have string) bool { return have == id })
	}},
	{"make", func(b *bed, _ string, n int) { b.make(fmt.Sprintf("n%04d", n)) }},
}

// TestSameAnswers changes runs at random and each time compares the answers with and without the index.
func TestSameAnswers(t *testing.T) {
	b := newBed(t, 50)
	rnd := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // not for secrets
	b.settled()
	b.compare("made")
	n := 0
	for range 20 {
		what := ""
		for range 1 + rnd.IntN(3)*20 { // one, or so many that the index is written
			n++
			c, id := changes[rnd.IntN(len(changes))], b.ids[rnd.IntN(len(b.ids))]
			c.do(b, id, n)
			what += c.name + " " + id + "; "
		}
		if rnd.IntN(2) == 0 {
			b.settled()
		}
		b.compare(what)
	}
}

// TestKept changes the index but not the root, to check that the index is used.
func TestKept(t *testing.T) {
	b := newBed(t, 40)
	b.settled()
	b.compare("made")
	records := map[string][]byte{}
	var mu sync.Mutex
	b.index.Records(func(part iter.Seq2[[]byte, []byte]) {
		mu.Lock()
		defer mu.Unlock()
		for id, d := range part {
			records[string(id)] = bytes.ReplaceAll(d, []byte(" train"), []byte(" brain"))
		}
	})
	if len(records) != 40 {
		t.Fatalf("%d of 40 runs are kept", len(records))
	}
	known, root := b.index.Starts()
	if root == 0 || len(known) != 40 {
		t.Fatalf("%d of 40 names are kept, the root as of %d", len(known), root)
	}
	starts := map[string]catalog.Start{}
	for _, k := range known {
		k.Micros = -k.Micros
		starts[k.ID] = k.Start
	}
	b.check(b.index.Update(catalog.Changes{Starts: starts, Records: records}))
	list, err := b.indexed().List()
	b.check(err)
	if len(list) != 40 || list[0].ID != "0000" {
		t.Errorf("the kept starts were not used: %v", list[0].ID)
	}
	snapshots, err := b.indexed().Snapshots(all)
	b.check(err)
	if got := snapshots[0].Opref().Op; got != "brain" {
		t.Errorf("the kept records were not used: the operation is %s", got)
	}
}

func TestDamaged(t *testing.T) {
	for _, damage := range []struct {
		name string
		do   func(data []byte) []byte
	}{
		{"empty", func([]byte) []byte { return nil }},
		{"text", func([]byte) []byte { return []byte("no database") }},
		{"cut", func(data []byte) []byte { return data[:len(data)/2] }},
		{"zeros", func(data []byte) []byte { clear(data[len(data)/4:]); return data }},
		{"noise", func(data []byte) []byte {
			rnd := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // not for secrets
			for i := 8192; i < len(data); i++ {
				data[i] = byte(rnd.Uint32())
			}
			return data
		}},
	} {
		t.Run(damage.name, func(t *testing.T) {
			b := newBed(t, 40)
			b.settled()
			b.compare("made")
			data, err := os.ReadFile(b.index.place().path)
			b.check(err)
			b.check(os.WriteFile(b.index.place().path, damage.do(data), 0o666))
			b.compare("damaged")
			b.compare("after that")
		})
	}
}

// TestEveryPage damages one page of the database after the other: all answers stay right, and Check reports the damage.
func TestEveryPage(t *testing.T) {
	b := newBed(t, 0)
	for i := range 60 {
		b.make(fmt.Sprintf("%02x%04d", i*7%256, i))
	}
	b.settled()
	b.compare("made")
	path := b.index.place().path
	whole, err := os.ReadFile(path)
	b.check(err)
	if got, err := b.index.Check(); err != nil || got != (Condition{Path: path, Runs: 60}) {
		t.Errorf("as it was made: %+v, %v", got, err)
	}
	page := os.Getpagesize()
	found := 0
	for at := 0; at < len(whole); at += page {
		for what, damage := range map[string]func([]byte){
			"zeros":  func(p []byte) { clear(p) },
			"zeroed": func(p []byte) { clear(p[len(p)/2:]) },
			"a bit":  func(p []byte) { p[len(p)/3] ^= 4 },
		} {
			data := bytes.Clone(whole)
			damage(data[at : at+page])
			b.check(os.WriteFile(path, data, 0o666))
			got, err := b.index.Check()
			b.check(err)
			if got.Damaged {
				found++
			}
			b.check(os.WriteFile(path, data, 0o666))
			b.compare(fmt.Sprintf("page %d, %s", at/page, what))
		}
	}
	if found < len(whole)/page {
		t.Errorf("damage was seen %d times in %d pages", found, len(whole)/page)
	}
}

func TestPlace(t *testing.T) {
	s := runs.Open(t.TempDir())
	if err := os.MkdirAll(s.Root(), 0o777); err != nil {
		t.Fatal(err)
	}
	if mount.IsLocal(s.Root()) {
		if want := (place{s.CacheDir("index", "runs.db"), tick}); placeFor(s) != want {
			t.Errorf("the place of a local home is %+v, want %+v", placeFor(s), want)
		}
	}
	if dir := t.TempDir(); existing(filepath.Join(dir, "a", "b")) != dir {
		t.Errorf("%s exists", existing(filepath.Join(dir, "a", "b")))
	}
}
