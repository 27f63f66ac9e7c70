package catalog

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"guild/runs"
)

// TestFIFOs replaces each file that a listing reads by a FIFO, or by a link to an endless file. The listing must not block, and must
// contain the other run.
func TestFIFOs(t *testing.T) {
	for _, name := range []string{".guild", "attrs", "status", "opref", "proto", "proto/.guild/opref", "LOCK", "attrs/tags", "attrs/label", "attrs/flags",
		"attrs/started", "attrs/exit_status"} {
		for _, kind := range []string{"fifo", "/dev/zero"} {
			s := runs.Open(t.TempDir())
			for _, id := range []string{"bad", "good"} {
				d, err := s.Draft(id)
				if err == nil {
					_, err = d.Commit(runs.Completed)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			path := filepath.Join(s.Root(), "bad", ".guild", name)
			if name == ".guild" {
				path = filepath.Dir(path)
			}
			err := os.RemoveAll(path)
			if err == nil {
				err = os.MkdirAll(filepath.Dir(path), 0o777)
			}
			if err == nil && kind == "fifo" {
				err = unix.Mkfifo(path, 0o666)
			} else if err == nil {
				err = os.Symlink(kind, path)
			}
			if err != nil {
				t.Fatal(err)
			}
			done := make(chan []string)
			go func() { done <- listAll(t, s) }()
			select {
			case listed := <-done:
				for _, ids := range listed {
					if !strings.Contains(ids, "good") {
						t.Errorf("%s as %s: listed are %q", name, kind, listed)
					}
				}
			case <-time.After(time.Minute):
				t.Fatalf("%s as %s: somebody waits", name, kind)
			}
		}
	}
}

// listAll lists in each way, and reads what a listing shows; it returns the listed ids of each way.
func listAll(t *testing.T, s *runs.Store) (listed []string) {
	for _, index := range []Index{nil, noIndex{}} {
		c := New(s, index)
		all, err := c.List()
		if err != nil {
			t.Error(err)
		}
		snapshots, err := c.Snapshots(func(*Snapshot) bool { return true })
		if err != nil {
			t.Error(err)
		}
		for _, views := range [][]*runs.View{runs.Views(all), runs.Views(snapshots)} {
			var ids []string
			for _, v := range views {
				ids = append(ids, v.ID)
				v.State()
				v.OpSpec()
				v.Tags()
				v.Label()
				v.Comments()
				v.Flags()
				v.Started()
				if names, err := v.AttrNames(); err == nil {
					for _, name := range names {
						_, _ = v.Attr(name)
					}
				}
			}
			listed = append(listed, strings.Join(ids, " "))
		}
	}
	live := NewLive[struct{}](s, time.Now)
	for range 2 {
		if _, err := live.Refresh(); err != nil {
			t.Error(err)
		}
		live.Sweep()
	}
	if live.All()["good"] == nil {
		listed = append(listed, "")
	}
	return listed
}
