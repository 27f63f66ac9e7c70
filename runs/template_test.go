package runs

import (
	"bytes"
	"os"
	"testing"
)

// TestTemplate covers files that are kept in memory and files that are not, and that runs made of a template share none.
func TestTemplate(t *testing.T) {
	s := Open(t.TempDir())
	proto := mustDraft(t, s)
	files := map[string][]byte{"small.sh": []byte("old"), "large": bytes.Repeat([]byte("x"), keptFile+1), "empty": {}}
	for name, data := range files {
		if err := os.WriteFile(proto.run.Path(name), data, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	template, err := ReadTemplate(&proto.run)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		d := mustDraft(t, s)
		if err := template.Fill(d); err != nil {
			t.Fatal(err)
		}
		for name, data := range files {
			path := d.run.Path(name)
			if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, data) {
				t.Errorf("%s: %d bytes, %v", name, len(got), err)
			}
			if st, err := os.Stat(path); err != nil || st.Mode() != 0o700 {
				t.Errorf("%s: %v", name, err)
			}
			if err := os.WriteFile(path, []byte("new"), 0o700); err != nil { // must not be seen by the next one
				t.Fatal(err)
			}
		}
	}
}
