package mount

import (
	"strings"
	"testing"
)

// FuzzFindMount parses the system's table of mounts, which contains names chosen by users.
func FuzzFindMount(f *testing.F) {
	f.Add("36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue")
	f.Add("36 35 98:0 / / rw - nfs4")
	f.Add("36 - - - - - - a b c")
	f.Fuzz(func(t *testing.T, info string) {
		m, ok := findMount(strings.NewReader(info), 36)
		if ok != (m.options != nil) {
			t.Errorf("%q is %+v, %v", info, m, ok)
		}
		m.has("vers")
		m.value("vers")
	})
}
