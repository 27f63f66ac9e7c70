package opdef

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"guild/opdef/configfile"
	"guild/opdef/python"
	"guild/runs/plainfile"
	"guild/runs/words"
)

// importConfig completes the flags by the values of a config file of the project, as flags-import says. Names of nested values
// have dots.
func (op *Operation) importConfig(file string) error {
	mode := op.FlagsImport.Mode
	if mode == ImportNone || mode == ImportDefined && len(op.Flags) == 0 {
		return nil
	}
	data, err := plainfile.Read(filepath.Join(op.Dir, file))
	if err != nil {
		return fmt.Errorf("read the flags of operation '%s': %w", op.FullName(), err)
	}
	conf, err := configfile.Decode(file, data)
	if err != nil {
		return fmt.Errorf("read the flags of operation '%s': %w", op.FullName(), err)
	}
	values := configfile.Flatten(conf)
	var found []python.Flag
	for _, name := range slices.Sorted(maps.Keys(values)) {
		found = append(found, configFlag(name, values[name]))
	}
	return op.importAll(found, file)
}

func configFlag(name string, v any) python.Flag {
	f := python.Flag{Name: name, Default: v}
	switch v := v.(type) {
	case bool:
		f.Type = TypeBoolean
	case int, float64:
		f.Type = TypeNumber
	case string:
		f.Type = TypeString
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			if parts[i] = words.Quote(flow(e, false)); e == true || e == false {
				parts[i] = strconv.FormatBool(e == true)
			}
		}
		f.Default, f.ArgSplit = strings.Join(parts, " "), true
	}
	return f
}

// requireConfig makes the config file that is the destination of the flags something that the operation requires, so that the
// run gets one with the values of the flags. What the operation says of that file itself counts.
func (op *Operation) requireConfig() error {
	file := destFile(op.FlagsDest)
	if file == "" || len(op.errs) > 0 {
		return nil
	}
	for i, req := range op.requires {
		r := req.resource
		if req.ref != "" {
			r, _ = op.resource(req.ref)
		}
		if !slices.ContainsFunc(r.Sources, func(s ResourceSource) bool { return s.isConfig(file) }) {
			continue
		}
		resolved, err := ParseResource(r.resolvedAgain(file), r.Name)
		op.requires[i] = requirement{resource: resolved}
		return err
	}
	data := map[string]any{FromConfig: file, "replace-existing": true, "always-resolve": true}
	if dir := filepath.ToSlash(filepath.Dir(file)); dir != "." {
		data["target-path"] = dir
	}
	r, err := ParseResource(data, "")
	op.requires = append(op.requires, requirement{resource: r})
	return err
}

func (s *ResourceSource) isConfig(file string) bool { return s.Kind == FromConfig && s.Ref == file }

// resolvedAgain is the data of the resource, in which the config file is made anew when a run is started again, unless the
// resource says otherwise: flags may have changed.
func (r *Resource) resolvedAgain(file string) map[string]any {
	out := maps.Clone(r.data)
	sources, _ := out["sources"].([]any)
	sources = slices.Clone(sources)
	for i, s := range sources {
		m, ok := s.(map[string]any)
		if !ok || m[FromConfig] != file {
			continue
		}
		m = maps.Clone(m)
		for _, attr := range []string{"replace-existing", "always-resolve"} {
			if m[attr] == nil {
				m[attr] = true
			}
		}
		sources[i] = m
	}
	out["sources"] = sources
	return out
}
