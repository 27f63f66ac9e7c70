package cmd

import (
	"os"
	"path/filepath"
	"slices"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/manifest"
	"guild/runs/natural"
	"guild/runs/opref"
	"guild/runs/runfiles"
	"guild/runs/runjson"
)

// APIRuns writes a list of runs for programs, in the form of Guild AI.
type APIRuns struct {
	filter.Flags
	Specs        []string `arg:"" optional:"" name:"run" help:"Indexes, ranges such as 1:3, starts of ids, or o:OPERATION. Default: all runs that pass the filters." complete:"run"`
	Deleted      bool     `short:"d" help:"Runs in the trash."`
	IncludeBatch bool     `name:"include-batch" help:"Batches too."`
	console.Formatted
}

// apiRun is the JSON form of a run. Times of the run are in microseconds, times of files in milliseconds.
type apiRun struct {
	Command    string            `json:"command"`
	Comments   []runjson.Comment `json:"comments"`
	Deps       []any             `json:"deps"` // always empty, as in Guild AI
	Dir        string            `json:"dir"`
	Env        any               `json:"env"`
	ExitStatus *int              `json:"exitStatus"`
	Files      []apiFile         `json:"files"`
	Flags      map[string]any    `json:"flags"`
	ID         string            `json:"id"`
	Label      string            `json:"label"`
	Marked     bool              `json:"marked"`
	OpRef      apiOpref          `json:"opRef"`
	Operation  string            `json:"operation"`
	OtherAttrs any               `json:"otherAttrs"`
	ProjectDir string            `json:"projectDir"`
	Scalars    []apiScalar       `json:"scalars"`
	ShortID    string            `json:"shortId"`
	Sourcecode apiSourcecode     `json:"sourcecode"`
	Started    *int64            `json:"started"`
	Status     runs.Status       `json:"status"`
	Stopped    *int64            `json:"stopped"`
	Tags       []string          `json:"tags"`
}

type apiOpref struct {
	ModelName  string `json:"modelName"`
	OpName     string `json:"opName"`
	PkgName    string `json:"pkgName"`
	PkgType    string `json:"pkgType"`
	PkgVersion string `json:"pkgVersion"`
}

func newAPIOpref(r opref.Ref) apiOpref {
	return apiOpref{ModelName: r.Model, OpName: r.Op, PkgName: r.PkgName, PkgType: r.PkgType, PkgVersion: r.PkgVersion}
}

// apiFile is a file of a run. If it is a link to a file of another run, run and operation are those of that run.
type apiFile struct {
	MTime     int64   `json:"mtime"`
	Operation *string `json:"operation"`
	Path      string  `json:"path"`
	Run       *string `json:"run"`
	Size      int64   `json:"size"`
}

type apiScalar struct {
	AvgVal    any    `json:"avgVal"`
	Count     int    `json:"count"`
	FirstStep int64  `json:"firstStep"`
	FirstVal  any    `json:"firstVal"`
	LastStep  int64  `json:"lastStep"`
	LastVal   any    `json:"lastVal"`
	MaxStep   int64  `json:"maxStep"`
	MaxVal    any    `json:"maxVal"`
	MinStep   int64  `json:"minStep"`
	MinVal    any    `json:"minVal"`
	Prefix    string `json:"prefix"`
	Run       string `json:"run"`
	Tag       string `json:"tag"`
	Total     any    `json:"total"`
}

type apiSourcecode struct {
	Files []string `json:"files"`
	Root  string   `json:"root"` // relative to the run directory
}

// Run writes the list.
func (k *APIRuns) Run(c *console.Console, s *catalog.Catalog) error {
	list, err := k.find(s)
	if err != nil {
		return err
	}
	out := []apiRun{}
	for _, r := range list {
		if !k.IncludeBatch && r.IsBatch() {
			continue
		}
		one, err := newAPIRun(r)
		if err != nil {
			return err
		}
		out = append(out, one)
	}
	return k.Write(c, out)
}

func (k *APIRuns) find(s *catalog.Catalog) ([]*runs.Run, error) {
	f, err := k.Filter()
	if err != nil {
		return nil, err
	}
	if !k.Deleted {
		return filter.Find(s, f, k.Specs)
	}
	all, err := s.Deleted()
	if err != nil {
		return nil, err
	}
	return filter.Among(all, f, k.Specs)
}

func newAPIRun(r *runs.Run) (apiRun, error) {
	i := newInfo(r.AsView())
	files, err := apiFiles(r)
	if err != nil {
		return apiRun{}, err
	}
	entries, err := manifest.Of(r)
	if err != nil {
		return apiRun{}, err
	}
	sum := i.summary
	out := apiRun{
		Command: i.command, Comments: sum.Comments, Deps: []any{}, Dir: r.Dir, Env: runjson.Value(attrMap(r.AsView(), "env")),
		ExitStatus: sum.ExitStatus, Files: files, Flags: sum.Flags, ID: r.ID, Label: sum.Label, Marked: sum.Marked,
		OpRef: newAPIOpref(r.Opref()), Operation: sum.Operation, OtherAttrs: runjson.Value(i.attributes), ProjectDir: r.Opref().Dir(),
		Scalars: []apiScalar{}, ShortID: r.ShortID(), Sourcecode: apiSourcecode{manifestPaths(entries)["sourcecode"], "."},
		Started: sum.Started, Status: sum.Status, Stopped: sum.Stopped, Tags: sum.Tags,
	}
	for _, s := range i.results.scalars {
		out.Scalars = append(out.Scalars, apiScalar{
			AvgVal: runjson.Value(s.Avg), Count: s.Count, FirstStep: s.First.Step, FirstVal: runjson.Value(s.First.Value),
			LastStep: s.Last.Step, LastVal: runjson.Value(s.Last.Value), MaxStep: s.Max.Step, MaxVal: runjson.Value(s.Max.Value),
			MinStep: s.Min.Step, MinVal: runjson.Value(s.Min.Value), Prefix: s.Prefix, Run: r.ID, Tag: s.Tag, Total: runjson.Value(s.Total),
		})
	}
	return out, nil
}

// apiFiles returns the files of a run, but for those of guild itself.
func apiFiles(r *runs.Run) ([]apiFile, error) {
	found, err := runfiles.List(r.Dir, true)
	if err != nil {
		return nil, err
	}
	list := []apiFile{}
	for _, f := range found {
		path := r.Path(filepath.FromSlash(f.Path))
		st, err := os.Stat(path)
		if err != nil || f.Dir || runfiles.IsGuilds(f.Path) { // or it is gone by now
			continue
		}
		one := apiFile{MTime: st.ModTime().UnixMilli(), Path: f.Path, Size: st.Size()}
		if from, ok := linkedRun(r, path); ok {
			id, op := from.ShortID(), from.OpSpec()
			one.Run, one.Operation = &id, &op
		}
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b apiFile) int { return natural.Compare(a.Path, b.Path) })
	return list, nil
}

// linkedRun returns the run beside this one that a file is linked from.
func linkedRun(r *runs.Run, path string) (*runs.Run, bool) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, false
	}
	root, err := filepath.EvalSymlinks(filepath.Dir(r.Dir))
	if err != nil {
		return nil, false
	}
	rel, err := filepath.Rel(root, real)
	if err != nil || !filepath.IsLocal(rel) {
		return nil, false
	}
	other := runs.At(filepath.Join(root, firstPart(rel)))
	_, err = os.Stat(other.GuildPath())
	return other, err == nil && other.ID != r.ID
}

func firstPart(path string) string {
	for filepath.Dir(path) != "." {
		path = filepath.Dir(path)
	}
	return path
}
