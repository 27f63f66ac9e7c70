package proc

import (
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// uname is what `uname -srvm` says of this system.
var uname = sync.OnceValue(func() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return ""
	}
	parts := []string{unix.ByteSliceToString(u.Sysname[:]), unix.ByteSliceToString(u.Release[:]),
		unix.ByteSliceToString(u.Version[:]), unix.ByteSliceToString(u.Machine[:])}
	return strings.Join(parts, " ")
})
