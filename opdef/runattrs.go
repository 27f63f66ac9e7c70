package opdef

import (
	"maps"
	"slices"

	"gopkg.in/yaml.v3"
)

// reservedAttrs are the attributes of a run that guild itself writes.
func reservedAttrs() []string {
	return []string{"cmd", "comments", "compare", "deps", "env", "env_names", "exit_status", "failure_reason", "flags", "host", "id", "initialized", "label", "marked", "metric_files", "op",
		"opdef_attrs", "pip_freeze", "platform", "plugins", "r_packages_loaded", "r_sys_info", "random_seed", "run_params",
		"sourcecode_digest", "started", "stopped", "tags", "user", "user_flags", "vcs_commit"}
}

func (p *opParser) runAttrs(n *yaml.Node) error {
	v, err := p.value(n, "run-attrs")
	if err != nil || v == nil {
		return err
	}
	attrs, ok := v.(map[string]any)
	if !ok {
		return p.errorf(n, "run-attrs must be a mapping of names to values")
	}
	p.op.RunAttrs = attrs
	return nil
}

// CustomAttrs are the attributes that runs get from the operation, and the names of those that they do not get because guild
// writes attributes of these names.
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
