package mount

import (
	"bufio"
	"io"
	"slices"
	"strconv"
	"strings"
)

// mounted describes a mount.
type mounted struct {
	fsType  string
	options []string // of the file system and the mount point; nil if unknown
}

// has reports whether an option is set, with or without a value.
func (m mounted) has(name string) bool {
	return slices.ContainsFunc(m.options, func(o string) bool {
		key, _, _ := strings.Cut(o, "=")
		return key == name
	})
}

// value returns the value of an option; empty if the option has none.
func (m mounted) value(name string) string {
	for _, o := range m.options {
		if key, v, ok := strings.Cut(o, "="); ok && key == name {
			return v
		}
	}
	return ""
}

// findMount returns the mount with the given id of a mountinfo file, see proc_pid_mountinfo(5).
func findMount(mountinfo io.Reader, id int) (mounted, bool) {
	want := strconv.Itoa(id)
	lines := bufio.NewScanner(mountinfo)
	lines.Buffer(nil, 1<<20) // overlays have long options
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		sep := slices.Index(fields, "-") // after any number of optional fields
		if len(fields) < 6 || fields[0] != want || sep < 6 || len(fields) < sep+4 {
			continue
		}
		options := strings.Split(fields[sep+3], ",")
		for o := range strings.SplitSeq(fields[5], ",") {
			if !slices.Contains(options, o) {
				options = append(options, o)
			}
		}
		return mounted{fsType: fields[sep+1], options: options}, true
	}
	return mounted{}, false
}
