package runs

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"guild/runs/leftover"
	"guild/runs/process"
	"guild/runs/sharedfs"
)

// Hosts whose clocks differ by minutes disagree about times. The list still has one order, no start is taken for another one, and nothing
// that a live process is about to use is taken for a leftover.
func TestClocksThatDiffer(t *testing.T) {
	s := Open(t.TempDir())
	now := time.Now()
	var ids []string
	for _, ahead := range []time.Duration{time.Hour, 5 * time.Minute, 0, -5 * time.Minute, -time.Hour} {
		l := begun(t, s)
		r := l.run
		at := now.Add(ahead)
		// As a host with such a clock leaves it.
		p := l.phase
		p.Started = Micros(at)
		if err := l.enter(l.phase, p); err != nil {
			t.Fatal(err)
		}
		if err := r.SetAttr("started", p.Started); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(r.lockPath(), at, at); err != nil {
			t.Fatal(err)
		}
		if st := r.State(); st.Status != Running || !st.Seen.Equal(at) {
			t.Errorf("%s ahead: %+v", ahead, st)
		}
		// By this clock the end may be before the start.
		if err := l.Finish(0); err != nil || r.Status() != Completed {
			t.Errorf("%s ahead: %v, %s", ahead, err, r.Status())
		}
		if o, ok := r.Outcome(); !ok || o.Stopped.Before(now.Add(-time.Minute)) {
			t.Errorf("%s ahead: %+v, %v", ahead, o, ok)
		}
		ids = append(ids, r.ID)
	}
	list, err := s.List()
	if err != nil || len(list) != len(ids) {
		t.Fatalf("%v, %v", list, err)
	}
	for i, r := range list {
		if r.ID != ids[i] {
			t.Errorf("place %d: %s, want %s", i, r.ID, ids[i])
		}
	}
	for name, age := range map[string]time.Duration{"yesterday": 25 * time.Hour, "now": 0, "tomorrow": -25 * time.Hour} {
		path := filepath.Join(s.Root(), ".tmp-elsewhere-1-0123456789abcdef-1-"+name)
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now, now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	left, err := s.Leftovers()
	if err != nil || len(left) != 1 || filepath.Base(left[0].Path) != ".tmp-elsewhere-1-0123456789abcdef-1-yesterday" {
		t.Errorf("leftovers: %v, %v", left, err)
	}
}

func TestDraftID(t *testing.T) {
	if got := draftID("/r/.tmp-h-1-0123456789abcdef-1-x-1-y"); got != "x-1-y" {
		t.Errorf("id of a draft: %q", got)
	}
}

// TestClearDrafts removes from the root what dead processes left, but nothing that may be in use or belong to a user.
func TestClearDrafts(t *testing.T) {
	s := Open(t.TempDir())
	mine, err := s.Draft("")
	if err != nil {
		t.Fatal(err)
	}
	const none = "-999999999-" // no system has so many processes
	dead := strings.Replace(process.TempName(""), fmt.Sprintf("-%d-", os.Getpid()), none, 1)
	const elsewhere = ".tmp-faraway-77-0123456789abcdef-1-"
	long := time.Now().Add(-2 * leftover.Patience)
	for _, name := range []string{dead + "draft", ".purged-" + strings.TrimPrefix(dead, process.TempPrefix) + "purged", elsewhere + "old", elsewhere + "busy", ".tmp-of-a-user"} {
		if err := os.MkdirAll(filepath.Join(s.runs, name, guildDir), 0o777); err != nil {
			t.Fatal(err)
		}
		if name == elsewhere+"busy" {
			continue
		}
		for _, path := range []string{guildDir, ""} {
			if err := os.Chtimes(filepath.Join(s.runs, name, path), long, long); err != nil {
				t.Fatal(err)
			}
		}
	}
	cleared, err := s.ClearDrafts()
	if err != nil || len(cleared) != 3 {
		t.Errorf("cleared %v, %v", cleared, err)
	}
	names, err := sharedfs.Names(s.runs)
	slices.Sort(names)
	want := []string{elsewhere + "busy", ".tmp-of-a-user", filepath.Base(mine.Dir())}
	slices.Sort(want)
	if err != nil || !slices.Equal(names, want) {
		t.Errorf("%v is left, want %v, %v", names, want, err)
	}
	if trashed, err := sharedfs.Names(s.TrashDir()); err != nil || len(trashed) != 2 { // drafts may contain files of a user
		t.Errorf("in the trash: %v, %v", trashed, err)
	}
}
