package proc

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// ScarceError is the error of a run that could not be started for lack of a resource of this process or host, such as file descriptors
// or memory. Nothing is wrong with the run; it can be started later.
type ScarceError struct {
	Lack string // what is missing and what to do about it
	Err  error
}

func (e *ScarceError) Error() string { return fmt.Sprintf("%s: %v", e.Lack, e.Err) }

func (e *ScarceError) Unwrap() error { return e.Err }

// Scarce wraps err in a ScarceError if a lack of resources is its cause, and otherwise returns err.
func Scarce(err error) error {
	var lack string
	var path *fs.PathError
	switch {
	case errors.Is(err, syscall.EMFILE):
		lack = "this process may open no more files (raise the limit with 'ulimit -n', or use fewer workers)"
	case errors.Is(err, syscall.ENFILE):
		lack = "this host can open no more files (end some programs, or raise fs.file-max)"
	case errors.Is(err, syscall.ENOMEM):
		lack = "there is not enough memory for a new process (use fewer workers, or raise the limit with 'ulimit -v')"
	case errors.Is(err, syscall.EAGAIN) && errors.As(err, &path) && path.Op == "fork/exec": // other calls return it for a lock that is held
		lack = "no more processes may be started (raise the limit with 'ulimit -u', or use fewer workers)"
	default:
		return err
	}
	return &ScarceError{Lack: lack, Err: err}
}

// Cure returns a sentence that says what a user can do about the error of a run that could not be started. It is empty if nothing is
// known besides the error itself.
func Cure(err error) string {
	var curable interface{ Cure() string }
	if errors.As(err, &curable) {
		return curable.Cure()
	}
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		return hinted.Hint()
	}
	return ""
}
