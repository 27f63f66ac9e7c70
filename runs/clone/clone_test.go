package clone

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestFile: a copy is independent of the original.
func TestFile(t *testing.T) {
	from, to := filepath.Join(t.TempDir(), "from"), filepath.Join(t.TempDir(), "to")
	if err := os.WriteFile(from, []byte("old"), 0o400); err != nil {
		t.Fatal(err)
	}
	if err := File(from, to); err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(to); err != nil || st.Mode() != 0o600 {
		t.Errorf("the copy is %v, %v", st.Mode(), err)
	}
	if err := os.WriteFile(to, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(from); err != nil || string(data) != "old" {
		t.Errorf("the original became %q, %v", data, err)
	}
	if err := File(from, to); !errors.Is(err, fs.ErrExist) {
		t.Errorf("onto a file that exists: %v", err)
	}
}
