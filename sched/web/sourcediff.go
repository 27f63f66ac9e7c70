package web

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"

	"guild/runs"
	"guild/runs/manifest"
	"guild/runs/plainfile"
	"guild/sched/web/render"
	"guild/sched/web/reply"
)

// Source is the difference of a run's source code to another version.
type Source struct {
	With    string       `json:"with"` // what it is compared with: a directory or a run
	Choices []Choice     `json:"choices"`
	Files   []SourceFile `json:"files"` // by path
	Same    int          `json:"same"`  // number of equal files
	Error   string       `json:"error,omitempty"`
}

// Choice is a version that source code can be compared with.
type Choice struct {
	Value string `json:"value"` // for ?with=
	Name  string `json:"name"`
}

// SourceFile is a file that differs.
type SourceFile struct {
	Path  string        `json:"path"`
	State string        `json:"state"` // "changed", "added" or "removed" in the run
	Lines []render.Line `json:"lines,omitempty"`
	Why   string        `json:"why,omitempty"` // why there are no lines
}

const (
	maxSourceFiles = 2000
	maxDiffLines   = 5000 // most lines of all files
)

// source responds with a Source: ?with=prototype, project, or the id of another run. The default is the first choice.
func (s *Server) source(w http.ResponseWriter, r *http.Request) {
	run, ok := s.find(w, r)
	if !ok {
		return
	}
	out := &Source{Files: []SourceFile{}, Choices: s.choices(run)}
	with := r.URL.Query().Get("with")
	if with == "" && len(out.Choices) > 0 {
		with = out.Choices[0].Value
	}
	out.With = with
	other, inRun := s.otherSource(run, with)
	if other == "" {
		out.Error = "There is nothing to compare the source code with."
		reply.JSON(w, r, http.StatusOK, reply.Encode(out))
		return
	}
	out.compare(run, run.Dir, other, inRun)
	reply.JSON(w, r, http.StatusOK, reply.Encode(out))
}

// choices returns what the source code of a run can be compared with.
func (s *Server) choices(run *runs.Run) []Choice {
	list := []Choice{}
	if p := s.parent(run.AsView()); p != nil {
		if batch, err := s.catalog.Get(p.ID); err == nil {
			if _, err := os.Stat(batch.ProtoPath()); err == nil {
				list = append(list, Choice{"prototype", "the prototype of its batch"})
			}
		}
		if parent, err := s.catalog.Get(p.ID); err == nil {
			if files, err := sourceFiles(parent.AsView()); err == nil && len(files) > 0 {
				list = append(list, Choice{p.ID, "its parent " + p.ShortID})
			}
		}
	}
	if before := s.runBefore(run); before != nil {
		list = append(list, Choice{before.ID, "the run before it, " + before.ShortID()})
	}
	if dir := run.Opref().Dir(); dir != "" && isDir(dir) {
		list = append(list, Choice{"project", "its project as it is now"})
	}
	return list
}

func isDir(dir string) bool {
	st, err := os.Stat(dir)
	return err == nil && st.IsDir()
}

// runBefore returns the run of the same operation that was started last before this one; nil if there is none.
func (s *Server) runBefore(run *runs.Run) *runs.Run {
	list, err := s.catalog.Fresh().List()
	if err != nil {
		return nil
	}
	spec := run.OpSpec()
	for i, r := range list {
		if r.ID != run.ID {
			continue
		}
		for _, older := range list[i+1 : min(len(list), i+1+maxParents)] {
			if older.OpSpec() == spec && s.serves(older.ID) {
				return older
			}
		}
	}
	return nil
}

// otherSource returns the directory to compare with; inRun says that it belongs to a run, whose manifest lists the source code.
func (s *Server) otherSource(run *runs.Run, with string) (dir string, inRun bool) {
	switch with {
	case "":
		return "", false
	case "project":
		return run.Opref().Dir(), false
	case "prototype":
		if p := s.parent(run.AsView()); p != nil {
			if batch, err := s.catalog.Get(p.ID); err == nil {
				return batch.ProtoPath(), true
			}
		}
		return "", false
	}
	other, err := s.catalog.Get(with)
	if err != nil || !s.serves(other.ID) {
		return "", false
	}
	return other.Dir, true
}

// sourceFiles returns the source code files of a run directory: a map from their paths to their paths in the project.
func sourceFiles(run *runs.View) (map[string]string, error) {
	entries, err := manifest.Of(run)
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for _, e := range entries {
		if e.Kind != manifest.Source || len(files) >= maxSourceFiles {
			continue
		}
		from := e.Path
		if len(e.Source) > 0 {
			from = e.Source[0]
		}
		files[e.Path] = from
	}
	return files, nil
}

func (out *Source) compare(run *runs.Run, dir, other string, inRun bool) {
	own, err := sourceFiles(run.AsView())
	if err != nil {
		out.Error = err.Error()
		return
	}
	theirs := map[string]string{}
	if inRun {
		if theirs, err = sourceFiles(runs.Named(filepath.Base(other), other).AsView()); err != nil {
			out.Error = err.Error()
			return
		}
	}
	paths := maps.Clone(own)
	maps.Copy(paths, theirs)
	left := maxDiffLines
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		_, have := own[path]
		name := path
		if !inRun {
			name = own[path]
			if filepath.IsAbs(name) {
				name, _ = filepath.Rel(other, name)
			}
		}
		f := SourceFile{Path: path, State: "changed"}
		after, err := asText(dir, path)
		before, err2 := asText(other, name)
		switch {
		case !have || errors.Is(err, fs.ErrNotExist):
			f.State, after, err = "removed", nil, nil
		case errors.Is(err2, fs.ErrNotExist):
			f.State, before, err2 = "added", nil, nil
		}
		switch {
		case err != nil || err2 != nil:
			if errors.Is(err, errNoText) || errors.Is(err, errLarge) {
				if sameContent(filepath.Join(dir, path), filepath.Join(other, name)) {
					out.Same++
					continue
				}
			}
			f.Why = errors.Join(err, err2).Error()
		case bytes.Equal(before, after) && f.State == "changed":
			out.Same++
			continue
		default:
			if f.Lines = render.Diff(before, after); len(f.Lines) > left {
				f.Lines, f.Why = f.Lines[:left], "The rest is left out."
			}
			left -= len(f.Lines)
		}
		out.Files = append(out.Files, f)
	}
}

// sameContent reports whether two files are equal; files above a limit count as different.
func sameContent(a, b string) bool {
	st, err := os.Stat(a)
	return err == nil && st.Size() <= maxShownData && plainfile.Same(a, b)
}
