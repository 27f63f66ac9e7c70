package web

import (
	"os"
	"path/filepath"

	"guild/runs"
	"guild/runs/filter"
)

// Relative is a run that is related to another one.
type Relative struct {
	ID      string `json:"id"`
	ShortID string `json:"short_id"`
	As      string `json:"as,omitempty"` // name of the step that it is
	Op      string `json:"op"`
	Label   string `json:"label"`
	Status  string `json:"status"`
}

const (
	maxChildren = 500
	maxParents  = 200 // pipelines that are searched for a run that may be a step
)

func relative(run *runs.View, as string) Relative {
	status := run.Status()
	d := readDetail(run, status)
	return Relative{ID: run.ID, ShortID: run.ShortID(), As: as, Op: d.op, Label: d.label, Status: string(status)}
}

// children returns the runs that a batch or pipeline has started: its directory has a link to each of them.
func (s *Server) children(run *runs.View) []Relative {
	var list []Relative
	s.links(run, func(name string, child *runs.Run) bool {
		if name == child.ID {
			name = ""
		}
		list = append(list, relative(child.AsView(), name))
		return len(list) < maxChildren
	})
	return list
}

// links calls f for each link in the directory of a run that leads to a run of the root, until f returns false.
func (s *Server) links(run *runs.View, f func(name string, to *runs.Run) bool) {
	entries, err := os.ReadDir(run.Dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if e.Type()&os.ModeSymlink == 0 {
			continue
		}
		target, err := os.Readlink(filepath.Join(run.Dir, e.Name()))
		if err != nil || !runs.IsName(filepath.Base(target)) {
			continue
		}
		// Only the name counts, since the path in a link may be from another host. A dependency links to a file in a run, not to the run.
		child, err := s.catalog.Get(filepath.Base(target))
		if err == nil && child.ID != run.ID && s.serves(child.ID) && !f(e.Name(), child) {
			return
		}
	}
}

// parent returns the batch that a run is a trial of, or the pipeline that it is a step of; nil if there is none.
func (s *Server) parent(run *runs.View) *Relative {
	if id, ok := run.AttrString("batch"); ok {
		if batch, err := s.catalog.Get(id); err == nil && s.serves(id) {
			r := relative(batch.AsView(), "")
			return &r
		}
	}
	return s.pipeline(run)
}

// pipeline searches the runs with steps that started before the run, latest first, for one with a link to it.
func (s *Server) pipeline(run *runs.View) *Relative {
	all, err := filter.Snapshots(s.catalog, &filter.Filter{}, nil)
	if err != nil {
		return nil
	}
	started := run.Started()
	looked := 0
	for _, other := range all {
		if other.ID == run.ID || other.Started().After(started) || !s.serves(other.ID) || !hasSteps(other.AsView()) {
			continue
		}
		if looked++; looked > maxParents {
			return nil
		}
		var found *Relative
		s.links(other.AsView(), func(name string, to *runs.Run) bool {
			if to.ID == run.ID {
				r := relative(other.AsView(), name)
				found = &r
			}
			return found == nil
		})
		if found != nil {
			return found
		}
	}
	return nil
}

// hasSteps reports whether a run's operation has steps: then its command is guild itself.
func hasSteps(run *runs.View) bool {
	cmd, err := run.Attr("cmd")
	if err != nil {
		return false
	}
	args, _ := cmd.([]any)
	return len(args) >= 3 && args[1] == "sys" && args[2] == "steps"
}
