package csvfile

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	row := func(w *csv.Writer) error { return w.WriteAll([][]string{{"a", "b"}}) }
	read := func(path string) string {
		t.Helper()
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	file := filepath.Join(dir, "sub", "x.csv")
	for range 2 {
		if err := Write(nil, file, true, row); err != nil || read(file) != "a,b\n" {
			t.Errorf("%v", err)
		}
	}

	pipe := filepath.Join(dir, "pipe")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	written := make(chan error, 1)
	go func() { written <- Write(nil, pipe, false, row) }()
	if got := read(pipe); got != "a,b\n" {
		t.Errorf("%q came through the pipe", got)
	}
	if err := <-written; err != nil {
		t.Error(err)
	}
	if info, err := os.Lstat(pipe); err != nil || info.Mode().Type() != os.ModeNamedPipe {
		t.Errorf("the pipe is %v, %v", info, err)
	}
	if err := Write(nil, dir, false, row); err == nil {
		t.Error("a directory is written to")
	}
}
