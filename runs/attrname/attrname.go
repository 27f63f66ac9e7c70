// Package attrname knows the names of the attributes of runs that guild writes itself.
package attrname

import "slices"

// reserved are the names, sorted.
var reserved = [...]string{"cmd", "comments", "compare", "cpu_time", "deps", "env", "env_names", "environment", "exit_status",
	"failure_reason", "flags", "host", "id", "initialized", "label", "marked", "metric_files", "op", "opdef_attrs", "peak_memory", "pip_freeze",
	"platform", "plugins", "r_packages_loaded", "r_sys_info", "random_seed", "run_params", "sourcecode_digest", "started", "stopped", "tags",
	"user", "user_flags", "vcs_commit"}

// IsReserved reports whether guild writes the attribute itself. An operation cannot give or log another one of the name.
func IsReserved(name string) bool {
	_, found := slices.BinarySearch(reserved[:], name)
	return found
}
