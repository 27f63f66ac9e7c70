package doctest

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the reports of failing documents anew")

// TestDocuments runs the documents that must pass, one for each part of the runner.
func TestDocuments(t *testing.T) {
	paths, err := filepath.Glob("testdata/ok/*.md")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			expectOK(t, Run(t.Context(), testConfig(t), path))
		})
	}
}

// TestReports compares the reports of documents that fail with those on record.
func TestReports(t *testing.T) {
	paths, err := filepath.Glob("testdata/failing/*.md")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			var b strings.Builder
			if err := Run(t.Context(), testConfig(t), path).Report(&b); err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(path, ".md") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(b.String()), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if b.String() != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
			}
		})
	}
}
