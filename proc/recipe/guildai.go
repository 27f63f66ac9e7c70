package recipe

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"

	"guild/opdef"
	"guild/opdef/resource"
	"guild/runs"
)

// GuildAIPackage is the package of the built-in operations of Guild AI, in references to operations.
const GuildAIPackage = "guildai"

// madeByGuildAI reports whether Guild AI wrote the attribute `op`. This program always records the project directory.
func madeByGuildAI(op map[string]any) bool {
	_, ours := op["project-dir"]
	return !ours
}

// guildAIProject returns the project directory of a run that Guild AI made; op is its attribute `op`.
func guildAIProject(r *runs.Run, op map[string]any) string {
	cmd, _ := op["op-cmd"].(map[string]any)
	env, _ := cmd["cmd-env"].(map[string]any)
	if dir, _ := env["PROJECT_DIR"].(string); dir != "" {
		return dir
	}
	return r.Opref().Dir()
}

// convertGuildAI completes a recipe that was read from the attribute `op` of a run that Guild AI made, so that it needs neither Guild AI
// nor its modules.
func (rec *Recipe) convertGuildAI(r *runs.Run, project string) {
	rec.ProjectDir, rec.CmdDir = project, project
	rec.LabelTemplate = cmp.Or(rec.LabelTemplate, opdef.DefaultLabel)
	source := filepath.Join(r.Dir, filepath.FromSlash(rec.Source.Dest))
	rec.Command.ConvertGuildAI(rec.Source.Dest, func(path string) bool {
		info, err := os.Stat(filepath.Join(source, filepath.FromSlash(path)))
		return err == nil && info.Mode().IsRegular()
	})
}

// setLocations sets the attribute of recorded dependencies that Guild AI requires, see withoutLocations.
func setLocations(deps any, project string) {
	list, _ := deps.([]any)
	for i, dep := range list {
		if m, ok := dep.(map[string]any); ok {
			m = maps.Clone(m) // it is the resource's own
			m["location"] = project
			list[i] = m
		}
	}
}

// withoutLocations returns recorded dependencies in the form of guild.yml. Two attributes are added to a resource: `location` is the directory
// to which its files are relative, which in runs of Guild AI can be that of another project; `config`, which only Guild AI writes, has the
// values of the flags that stand for its sources, which the run has as flags too.
func withoutLocations(deps []any, project string) []any {
	out := make([]any, len(deps))
	for i, dep := range deps {
		m, ok := dep.(map[string]any)
		if !ok {
			out[i] = dep
			continue
		}
		m = maps.Clone(m)
		if dir, _ := m["location"].(string); filepath.IsAbs(dir) && filepath.Clean(dir) != filepath.Clean(project) {
			m["sources"] = sourcesBelow(m["sources"], dir)
		}
		delete(m, "location")
		delete(m, "config")
		out[i] = m
	}
	return out
}

// sourcesBelow returns the sources of a resource with absolute paths for files that are relative to dir.
func sourcesBelow(sources any, dir string) any {
	list, ok := sources.([]any)
	if !ok {
		return sources
	}
	out := make([]any, len(list))
	for i, source := range list {
		out[i] = source
		m, isMap := source.(map[string]any)
		if !isMap {
			m = map[string]any{resource.FromFile: source}
		}
		for _, kind := range []string{resource.FromFile, resource.FromConfig} {
			if file, ok := m[kind].(string); ok && !filepath.IsAbs(file) {
				m = maps.Clone(m)
				m[kind] = filepath.Join(dir, file)
				out[i] = m
			}
		}
	}
	return out
}
