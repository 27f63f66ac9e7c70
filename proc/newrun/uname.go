package newrun

import (
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// uname returns the output of `uname -srvm` on this system, or an empty string if it cannot be read.
var uname = sync.OnceValue(func() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return ""
	}
	parts := []string{unix.ByteSliceToString(u.Sysname[:]), unix.ByteSliceToString(u.Release[:]),
		unix.ByteSliceToString(u.Version[:]), unix.ByteSliceToString(u.Machine[:])}
	return strings.Join(parts, " ")
})

// processor returns the machine hardware name, such as x86_64, or an empty string if it cannot be read.
var processor = sync.OnceValue(func() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return ""
	}
	return unix.ByteSliceToString(u.Machine[:])
})
