package leftover

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"guild/runs/process"
	"guild/runs/sharedfs"
)

func TestClearDead(t *testing.T) {
	dir := t.TempDir()
	const elsewhere = ".tmp-faraway-77-0123456789abcdef-1-"
	long := time.Now().Add(-2 * Patience)
	for _, name := range []string{elsewhere + "old", elsewhere + "busy", process.TempName("mine"), ".tmp-of-a-user"} {
		if err := os.MkdirAll(filepath.Join(dir, name, "sub"), 0o777); err != nil {
			t.Fatal(err)
		}
		for _, sub := range []string{"sub", ""} {
			if sub == "sub" && name == elsewhere+"busy" {
				continue
			}
			if err := os.Chtimes(filepath.Join(dir, name, sub), long, long); err != nil {
				t.Fatal(err)
			}
		}
	}
	ClearDead(dir)
	names, err := sharedfs.Names(dir)
	if err != nil || slices.Contains(names, elsewhere+"old") || len(names) != 3 {
		t.Errorf("%v is left, %v", names, err)
	}
}
