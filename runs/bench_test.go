package runs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"guild/runs/opref"
)

// fill makes n ended runs directly, since drafts would take minutes.
func fill(tb testing.TB, s *Store, n int) {
	tb.Helper()
	for i := range n {
		r := s.run(fmt.Sprintf("%032x", i))
		if err := os.MkdirAll(r.GuildPath("attrs"), 0o777); err != nil {
			tb.Fatal(err)
		}
		started := fmt.Sprintf("%d\n", 1_700_000_000_000_000+i*7919%n)
		for name, text := range map[string]string{"status": "completed\n", "attrs/started": started} {
			if err := os.WriteFile(r.GuildPath(filepath.FromSlash(name)), []byte(text), 0o666); err != nil {
				tb.Fatal(err)
			}
		}
	}
}

func BenchmarkList(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := Open(b.TempDir())
			fill(b, s, n)
			for b.Loop() {
				list, err := s.List()
				if err != nil || len(list) != n {
					b.Fatalf("%d runs, %v", len(list), err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/run")
		})
	}
}

// BenchmarkClaim measures one look at the queue and one claim, with finished runs in the store, which must not matter.
func BenchmarkClaim(b *testing.B) {
	for _, n := range []int{100, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := Open(b.TempDir())
			fill(b, s, n)
			d, err := s.Draft("")
			if err != nil {
				b.Fatal(err)
			}
			if err := d.SetOpref(opref.Ref{PkgType: opref.Builtin, Op: "x"}); err != nil {
				b.Fatal(err)
			}
			r, err := d.Commit(Staged)
			if err != nil {
				b.Fatal(err)
			}
			if err := s.Stage(r); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				markers, err := s.Staged(nil)
				if err != nil || len(markers) != 1 {
					b.Fatalf("%d markers, %v", len(markers), err)
				}
				c, err := s.Claim(markers[0].ID)
				if err != nil {
					b.Fatal(err)
				}
				if err := c.Release(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkLife measures the store's cost of a run: making, staging, claiming, starting, finishing.
func BenchmarkLife(b *testing.B) {
	s := Open(b.TempDir())
	for b.Loop() {
		d, err := s.Draft("")
		if err != nil {
			b.Fatal(err)
		}
		r, err := d.Commit(Staged)
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Stage(r); err != nil {
			b.Fatal(err)
		}
		c, err := s.Claim(r.ID)
		if err != nil {
			b.Fatal(err)
		}
		err = errors.Join(c.Lock.Begin(Self()), c.Lock.Finish(0), s.DropClaim(c.Name()), c.Lock.Close())
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStatus measures reading the status of an ended run.
func BenchmarkStatus(b *testing.B) {
	s := Open(b.TempDir())
	d, err := s.Draft("")
	if err != nil {
		b.Fatal(err)
	}
	l, err := d.CommitOwned(Pending)
	if err != nil {
		b.Fatal(err)
	}
	if err := errors.Join(l.Begin(Self()), l.Finish(0), l.Close()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if got := l.Run().Status(); got != Completed {
			b.Fatal(got)
		}
	}
}
