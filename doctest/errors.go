package doctest

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

// osClasses are Python's classes of the system's errors; other errors are an OSError.
var osClasses = map[syscall.Errno]string{
	syscall.ENOENT:  "FileNotFoundError",
	syscall.EEXIST:  "FileExistsError",
	syscall.ENOTDIR: "NotADirectoryError",
	syscall.EISDIR:  "IsADirectoryError",
	syscall.EACCES:  "PermissionError",
	syscall.EPERM:   "PermissionError",
}

// pythonError returns a file error as Python words it, with the paths as the document wrote them. A nil error stays nil.
func pythonError(err error, paths ...string) error {
	if err == nil {
		return nil
	}
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return pystar.Errorf("OSError", "%s", err)
	}
	class, ok := osClasses[errno]
	if !ok {
		class = "OSError"
	}
	text := errno.Error()
	msg := fmt.Sprintf("[Errno %d] %s", int(errno), strings.ToUpper(text[:1])+text[1:])
	for i, p := range paths {
		sep := ": "
		if i > 0 {
			sep = " -> "
		}
		msg += sep + pystar.Repr(starlark.String(p))
	}
	return &pystar.Error{Class: class, Msg: msg}
}

func isNotExist(err error) bool { return errors.Is(err, fs.ErrNotExist) }
