package proc

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"guild/runs/plainfile"
	"guild/runs/words"
)

// startFault returns an error that explains why the kernel could not start a program, and what to do about it. program is the first word
// of the command, dir the directory in which it was started, err the error of the kernel.
func startFault(program, dir string, err error) error {
	why := "cannot start " + words.Join([]string{program})
	var lack *ScarceError
	if errors.As(Scarce(err), &lack) { // nothing is wrong with the program
		return fmt.Errorf("%s: %w", why, err)
	}
	path := program
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return fmt.Errorf("%s: there is no such program: not found in PATH", why)
	case !filepath.IsAbs(path):
		path = filepath.Join(dir, path)
	}
	st, statErr := os.Stat(path)
	switch {
	case errors.Is(statErr, fs.ErrNotExist):
		return fmt.Errorf("%s: no such file in %s, to which the operation's source code is copied: "+
			"'guild run OPERATION --test-sourcecode' tells what is", why, dir)
	case statErr != nil:
		return fmt.Errorf("%s: %w", why, statErr)
	case st.IsDir():
		return fmt.Errorf("%s: it is a directory", why)
	}
	quoted := words.Join([]string{program})
	line := interpreterLine(path)
	interpreter, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	switch {
	case errors.Is(err, syscall.EACCES) && st.Mode()&0o111 == 0:
		return fmt.Errorf("%s: it is not executable; 'chmod +x %s' makes it so", why, quoted)
	case errors.Is(err, syscall.ENOEXEC) && st.Size() == 0:
		return fmt.Errorf("%s: it is empty", why)
	case errors.Is(err, syscall.ENOEXEC) && isBinary(path):
		return fmt.Errorf("%s: it is not a program for this kind of machine", why)
	case errors.Is(err, syscall.ENOEXEC):
		return fmt.Errorf("%s: its first line does not name an interpreter; begin it with '#!/bin/sh', or use 'sh %s' as command", why, quoted)
	case strings.HasSuffix(line, "\r"):
		return fmt.Errorf("%s: its lines end with CR LF, so that its interpreter is not found; mend it with: sed -i.bak 's/\\r$//' %s", why, quoted)
	case interpreter != "" && (errors.Is(err, syscall.ENOENT) || errors.Is(err, syscall.EACCES)):
		return fmt.Errorf("%s: its first line names the interpreter %s, which is not there or not executable; correct that line",
			why, interpreter)
	}
	return fmt.Errorf("%s: %w", why, bare(err))
}

// bare returns the system error alone, without the operation and file name that the os package adds.
func bare(err error) error {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return err
}

// interpreterLine returns the first line of a script after #!, or an empty string for other files.
func interpreterLine(path string) string {
	f, err := plainfile.Open(path)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	line, _ := bufio.NewReaderSize(f, 512).ReadSlice('\n') // the kernel does not read more either
	text, script := strings.CutPrefix(string(line), "#!")
	if !script {
		return ""
	}
	return strings.TrimSuffix(text, "\n")
}

// isBinary reports whether a file has a zero byte near its beginning.
func isBinary(path string) bool {
	f, err := plainfile.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, 64)
	n, _ := f.Read(head)
	return strings.ContainsRune(string(head[:n]), 0)
}
