package runs

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
)

// TestEdit adds tags concurrently, and none is lost. Each goroutine has its own Run, as processes have.
func TestEdit(t *testing.T) {
	s := Open(t.TempDir())
	dir := newRun(t, s, Completed).Dir
	const sides, each = 4, 10
	var wg sync.WaitGroup
	for side := range sides {
		wg.Go(func() {
			for i := range each {
				r := At(dir)
				err := r.Edit(func() error { return r.SetTags(append(r.Tags(), fmt.Sprintf("%d-%d", side, i))) })
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got := len(At(dir).Tags()); got != sides*each {
		t.Errorf("%d tags, want %d", got, sides*each)
	}
	wrong := errors.New("wrong")
	if err := At(dir).Edit(func() error { return wrong }); !errors.Is(err, wrong) {
		t.Errorf("error is %v", err)
	}
	if names, err := At(dir).AttrNames(); err != nil || fmt.Sprint(names) != "[host id initialized tags]" {
		t.Errorf("attributes %s, %v", names, err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := At(dir).Edit(func() error { return nil }); !errors.Is(err, ErrNotFound) {
		t.Errorf("of a run that is gone: %v", err)
	}
}
