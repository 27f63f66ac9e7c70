package replace_test

import (
	"fmt"
	"os"
	"path/filepath"

	"guild/runs/replace"
)

// A Set replaces and removes several files as one change.
func ExampleSet() {
	dir, err := os.MkdirTemp("", "guild-example-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	for _, name := range []string{"old.py", "train.py"} {
		if err := replace.Bytes(filepath.Join(dir, name), []byte("before")); err != nil {
			panic(err)
		}
	}

	set, err := replace.Begin(dir, dir)
	if err != nil {
		panic(err)
	}
	defer set.Discard()
	if err := os.WriteFile(filepath.Join(set.Dir(), "train.py"), []byte("after"), 0o666); err != nil {
		panic(err)
	}
	set.Put("train.py")
	set.Remove("old.py")
	if err := set.Commit(); err != nil {
		panic(err)
	}
	set.Discard()

	files, err := os.ReadDir(dir)
	if err != nil {
		panic(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			panic(err)
		}
		fmt.Println(f.Name(), string(text))
	}
	// Output: train.py after
}
