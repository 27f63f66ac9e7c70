package doctest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

// runInfo is an entry of guild runs --json, as far as documents use it.
type runInfo struct {
	ID        string `json:"id"`
	ShortID   string `json:"short_id"`
	Dir       string `json:"dir"`
	Operation string `json:"operation"`
	Opref     string `json:"opref"`
	Status    string `json:"status"`
}

// runObject is a run. Its attributes are read when asked for, so they are those of the present; what the listing said
// at the time remains if the run is gone.
type runObject struct {
	p    *project
	info runInfo
}

// loadRuns lists runs, newest first.
func (p *project) loadRuns(args ...string) ([]*runObject, error) {
	out, err := p.data(append([]string{"runs", "--json"}, args...)...)
	if err != nil {
		return nil, err
	}
	var infos []runInfo
	if err := json.Unmarshal([]byte(out), &infos); err != nil {
		return nil, pystar.Errorf("ValueError", "guild runs --json: %s", err)
	}
	runs := make([]*runObject, len(infos))
	for i, info := range infos {
		runs[i] = &runObject{p, info}
	}
	return runs, nil
}

// findRun returns the run with the id; one that is not listed is known by its directory only.
func (p *project) findRun(id, dir string) (*runObject, error) {
	runs, err := p.loadRuns("--all")
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		if r.info.ID == id {
			return r, nil
		}
	}
	return &runObject{p, runInfo{ID: id, ShortID: id[:min(len(id), 8)], Dir: dir}}, nil
}

func (r *runObject) Freeze()               {}
func (r *runObject) Hash() (uint32, error) { return starlark.String(r.info.ID).Hash() }
func (r *runObject) Truth() starlark.Bool  { return true }
func (r *runObject) Type() string          { return "Run" }

func (r *runObject) String() string {
	return "<guild.run.Run " + pystar.Repr(starlark.String(r.info.ID)) + ">"
}

// AttrNames implements starlark.HasAttrs.
func (r *runObject) AttrNames() []string {
	return []string{"batch_proto", "dir", "get", "id", "opref", "path", "short_id", "status"}
}

// Attr implements starlark.HasAttrs.
func (r *runObject) Attr(name string) (starlark.Value, error) {
	switch name {
	case "id":
		return starlark.String(r.info.ID), nil
	case "short_id":
		return starlark.String(r.info.ShortID), nil
	case "dir", "path":
		return starlark.String(r.info.Dir), nil
	case "status":
		now, err := r.p.findRun(r.info.ID, r.info.Dir)
		if err != nil {
			return nil, asRunError(err)
		}
		if now.info.Status != "" {
			r.info = now.info
		}
		return starlark.String(r.info.Status), nil
	case "opref":
		return opref{r.info}, nil
	case "get":
		return helper(r.get).value(name), nil
	case "batch_proto":
		dir := filepath.Join(r.info.Dir, ".guild", "proto")
		if _, err := os.Stat(dir); err != nil {
			return starlark.None, nil
		}
		return &runObject{r.p, runInfo{ID: r.info.ID, ShortID: r.info.ShortID, Dir: dir}}, nil
	}
	return nil, nil
}

func (r *runObject) get(a arguments) (starlark.Value, error) {
	var name string
	fallback := starlark.Value(starlark.None)
	if err := a.unpack("name", &name, "default?", &fallback); err != nil {
		return nil, err
	}
	return r.attr(name, fallback)
}

// attr reads an attribute from its file.
func (r *runObject) attr(name string, fallback starlark.Value) (starlark.Value, error) {
	path := filepath.Join(r.info.Dir, ".guild", "attrs", name)
	data, err := os.ReadFile(path)
	switch {
	case isNotExist(err):
		return fallback, nil
	case err != nil:
		return nil, pythonError(err, path)
	}
	return decodeYAML(string(data))
}

// opref is the reference of a run to its operation.
type opref struct{ info runInfo }

func (o opref) Freeze()               {}
func (o opref) Hash() (uint32, error) { return starlark.String(o.info.Opref).Hash() }
func (o opref) String() string        { return o.info.Opref }
func (o opref) Truth() starlark.Bool  { return true }
func (o opref) Type() string          { return "OpRef" }
func (o opref) AttrNames() []string   { return []string{"to_opspec"} }

// Attr implements starlark.HasAttrs.
func (o opref) Attr(name string) (starlark.Value, error) {
	if name != "to_opspec" {
		return nil, nil
	}
	return helper(func(a arguments) (starlark.Value, error) {
		var cwd starlark.Value
		if err := a.unpack("cwd??", &cwd); err != nil {
			return nil, err
		}
		return starlark.String(o.opSpec(cwd)), nil
	}).value(name), nil
}

// opSpec writes the reference as an operation is named on the command line. That of a script is its path, relative to
// cwd if that is given.
func (o opref) opSpec(cwd starlark.Value) string {
	kind, rest, _ := strings.Cut(o.info.Opref, ":")
	words := shellWords(rest)
	if len(words) != 4 {
		return o.info.Operation
	}
	pkg, model, op := words[0], words[2], words[3]
	if kind == "script" {
		path := joinPaths(pkg, op)
		if cwd != nil {
			if rel, err := filepath.Rel(pystar.Str(cwd), path); err == nil {
				path = rel
			}
		}
		return path
	}
	spec := op
	if model != "" {
		spec = model + ":" + op
	}
	if kind == "package" && pkg != "" {
		spec = pkg + "/" + spec
	}
	return spec
}

// shellWords splits text at blanks, which quotes protect.
func shellWords(text string) []string {
	var words []string
	var word strings.Builder
	quote, open := rune(0), false
	for _, r := range text + " " {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, open = r, true
		case quote == 0 && r == ' ':
			if open {
				words = append(words, word.String())
				word.Reset()
			}
			open = false
		default:
			word.WriteRune(r)
			open = true
		}
	}
	return words
}
