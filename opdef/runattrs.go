package opdef

import (
	"maps"
	"slices"
)

// reservedAttrs returns the attributes of a run that guild writes itself.
func reservedAttrs() []string {
	return []string{"cmd", "comments", "compare", "cpu_time", "deps", "env", "env_names", "environment", "exit_status", "failure_reason", "flags", "host", "id", "initialized", "label", "marked", "metric_files", "op",
		"opdef_attrs", "peak_memory", "pip_freeze", "platform", "plugins", "r_packages_loaded", "r_sys_info", "random_seed", "run_params",
		"sourcecode_digest", "started", "stopped", "tags", "user", "user_flags", "vcs_commit"}
}

// CustomAttrs returns the attributes that the operation gives to its runs. reserved are the names of those that are left out because
// guild writes attributes of the same names, in order.
func (op *Operation) CustomAttrs() (attrs map[string]any, reserved []string) {
	attrs = maps.Clone(op.RunAttrs)
	for _, name := range reservedAttrs() {
		if _, ok := attrs[name]; ok {
			reserved = append(reserved, name)
			delete(attrs, name)
		}
	}
	slices.Sort(reserved)
	return attrs, reserved
}
