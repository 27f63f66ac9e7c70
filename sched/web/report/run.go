package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strconv"

	"guild/sched/web"
	"guild/sched/web/curves"
)

// details is the content of data/run/ID.js.
type details struct {
	Run    web.Detail                 `json:"run"`
	Dirs   map[string]web.Files       `json:"dirs"`   // by path; "" is the run directory
	Files  map[string]copied          `json:"files"`  // the copied files, by path
	Shown  map[string]json.RawMessage `json:"shown"`  // web.Shown of text files, by path
	Source map[string]json.RawMessage `json:"source"` // web.Source, compared with the dashboard's default choice
	Output []json.RawMessage          `json:"output"` // web.Output in order: all of it, or its end
}

// privateAttrs are attributes that are not for others: the data for restarting the run contains the environment that guild.yml sets.
var privateAttrs = []string{"op", "env_names"}

// place is the position of a web.Output.
type place struct {
	Next int64 `json:"next"`
	Size int64 `json:"size"`
}

// copied is a file in the report.
type copied struct {
	Type string `json:"type"` // media type to show it as; text/plain if the browser would otherwise execute it
	Size int64  `json:"size"`
	As   string `json:"as,omitempty"` // its path in the report, if different
}

const (
	mostOutput = 1 << 20 // most bytes of output, from its end
	mostFiles  = 10_000  // most files of a run
)

func (w *writer) run(r Run) error {
	target := "/api/runs/" + url.PathEscape(r.ID)
	out := details{Dirs: map[string]web.Files{}, Files: map[string]copied{}, Shown: map[string]json.RawMessage{}}
	if err := errors.Join(w.read(target, &out.Run), w.read(target+"/source", &out.Source)); err != nil {
		return err
	}
	out.Run.Dir, out.Run.Project = "", "" // paths on the original host mean nothing to others
	out.Run.Attributes = slices.DeleteFunc(out.Run.Attributes, func(a web.Value) bool { return slices.Contains(privateAttrs, a.Name) })
	var err error
	if out.Source["choices"], err = onlyChoice(out.Source); err != nil {
		return err
	}
	if out.Output, err = w.output(target + "/output"); err != nil {
		return err
	}
	if err := w.files(r, "", &out); err != nil {
		return err
	}
	return w.put("run/"+r.ID, out)
}

// onlyChoice returns the choice that the source code was compared with; the report does not have the others.
func onlyChoice(source map[string]json.RawMessage) (json.RawMessage, error) {
	var with string
	var choices []web.Choice
	if err := errors.Join(json.Unmarshal(source["with"], &with), json.Unmarshal(source["choices"], &choices)); err != nil {
		return nil, fmt.Errorf("read the version that source code was compared with: %w", err)
	}
	return json.Marshal(slices.DeleteFunc(choices, func(c web.Choice) bool { return c.Value != with }))
}

// output returns the pieces of a run's output.
func (w *writer) output(target string) ([]json.RawMessage, error) {
	read := func(target string) (at place, raw json.RawMessage, err error) {
		if err = w.get(target, &raw); err == nil {
			err = json.Unmarshal(raw, &at)
		}
		return at, raw, err
	}
	last, raw, err := read(target)
	if err != nil {
		return nil, err
	}
	var list []json.RawMessage
	for at := max(0, last.Size-mostOutput); at < last.Size; {
		piece, raw, err := read(target + "?offset=" + strconv.FormatInt(at, 10))
		if err != nil {
			return nil, err
		}
		if piece.Next <= at { // the run was restarted, or an incomplete character is at the end
			break
		}
		list, at = append(list, raw), piece.Next
	}
	if len(list) == 0 {
		list = append(list, raw)
	}
	return list, nil
}

// files lists a directory and those below it, and copies the chosen files. Other files are listed as closed.
func (w *writer) files(r Run, dir string, out *details) error {
	var list web.Files
	if err := w.read("/api/runs/"+url.PathEscape(r.ID)+"/files?dir="+url.QueryEscape(dir), &list); err != nil {
		if errors.Is(err, web.ErrRefused) && dir != "" {
			return nil // it was removed meanwhile
		}
		return err
	}
	for i := range list.Files {
		f := &list.Files[i]
		name := path.Join(dir, f.Name)
		if f.Directory {
			if err := w.files(r, name, out); err != nil {
				return err
			}
			continue
		}
		if f.Closed || !r.Copies(name) || len(out.Files) >= mostFiles {
			f.Closed, f.Media = true, ""
			continue
		}
		as, err := w.copy(r, name)
		if err != nil {
			return err
		}
		if as == nil {
			f.Closed, f.Media = true, ""
			continue
		}
		out.Files[name] = *as
		if as.As != "" {
			f.Media = ""
		}
		var shown json.RawMessage
		if err := w.get(web.FileTarget(r.ID, "shown", name), &shown); err == nil {
			out.Shown[name] = shown
		} else if !errors.Is(err, web.ErrRefused) { // ErrRefused: it is not text
			return err
		}
	}
	out.Dirs[dir] = list
	return nil
}

// axes are the axes for which points of a scalar are written.
var axes = []curves.Axis{curves.ByStep, curves.ByTime}

// scalarData is the content of data/scalars/ID.js.
type scalarData struct {
	web.ScalarIndex
	Series map[string]map[curves.Axis]web.ScalarSeries `json:"series"` // by the name of the scalar
}

func (w *writer) scalars(r Run) error {
	target := "/api/scalars?ids=" + url.QueryEscape(r.ID)
	out := scalarData{Series: map[string]map[curves.Axis]web.ScalarSeries{}}
	if err := w.read(target, &out.ScalarIndex); err != nil {
		return err
	}
	for _, s := range out.Scalars {
		out.Series[s.Name] = map[curves.Axis]web.ScalarSeries{}
		for _, axis := range axes {
			var series web.ScalarSeries
			if err := w.read(target+"&tag="+url.QueryEscape(s.Name)+"&x="+string(axis), &series); err != nil {
				return err
			}
			out.Series[s.Name][axis] = series
		}
	}
	return w.put("scalars/"+r.ID, out)
}
