package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/filter"
	"guild/sched/web"
)

// Names are the files and directories of a report in its directory.
var Names = []string{"index.html", "static", "data", "api"}

// MostRuns is the most runs of a report, whose page lists all of them.
const MostRuns = web.MostRows

// Run is a run of a report.
type Run struct {
	*runs.Run
	Copies func(path string) bool // reports whether the file of the run at a path with slashes is copied
}

// Config configures a report.
type Config struct {
	Catalog *catalog.Catalog
	Runs    []Run // latest first; at most MostRuns
	Planned func(batch *runs.Run) int
	Defined func() func(*runs.View) (columns []string, ok bool) // see web.Config
}

// writer writes one report.
type writer struct {
	ctx  context.Context
	from *web.Local
	dir  string
}

// Write writes a report to an empty directory.
func Write(ctx context.Context, cfg Config, dir string) error {
	if len(cfg.Runs) > MostRuns {
		return fmt.Errorf("a report is of %d runs at most, not %d: use filters to choose some", MostRuns, len(cfg.Runs))
	}
	chosen := make(map[string]bool, len(cfg.Runs))
	for _, r := range cfg.Runs {
		chosen[r.ID] = true
	}
	local := web.NewLocal(ctx, web.Config{Catalog: cfg.Catalog, Planned: cfg.Planned, Defined: cfg.Defined, Select: func(c *catalog.Catalog) ([]*catalog.Snapshot, error) {
		all, err := filter.Snapshots(c, &filter.Filter{}, nil)
		var list []*catalog.Snapshot
		for _, s := range all {
			if chosen[s.ID] {
				list = append(list, s)
			}
		}
		return list, err
	}})
	defer local.Close()
	w := &writer{ctx, local, dir}
	if err := w.write(cfg.Runs); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

func (w *writer) write(list []Run) error {
	if err := w.page(); err != nil {
		return err
	}
	if err := w.lists(); err != nil {
		return err
	}
	for _, r := range list {
		if err := w.run(r); err != nil {
			return fmt.Errorf("run %s: %w", r.ShortID(), err)
		}
		if err := w.scalars(r); err != nil {
			return fmt.Errorf("scalars of run %s: %w", r.ShortID(), err)
		}
	}
	return nil
}

// index is the content of data/index.js.
type index struct {
	Status      json.RawMessage `json:"status"`
	Runs        json.RawMessage `json:"runs"`        // web.Matches of all runs
	Experiments []string        `json:"experiments"` // ids of the runs to compare and draw
	Compare     json.RawMessage `json:"compare"`
	Studies     json.RawMessage `json:"studies"`
}

// lists writes data/index.js.
func (w *writer) lists() error {
	limit := "limit=" + strconv.Itoa(MostRuns)
	var out index
	var experiments web.Matches
	var status web.Snapshot
	var studies web.Studies
	err := errors.Join(w.read("/api/status", &status), w.get("/api/runs?"+limit, &out.Runs), w.read("/api/runs?experiments=1&"+limit, &experiments),
		w.get("/api/compare?"+limit, &out.Compare), w.read("/api/studies?"+limit, &studies))
	if err != nil {
		return err
	}
	status.Schedulers, status.Running, status.Waiting, status.Finished = []web.Scheduler{}, []web.Run{}, []web.Run{}, []web.Run{}
	status.Root = "" // of no use to others
	out.Experiments = []string{}
	for _, r := range experiments.Runs {
		out.Experiments = append(out.Experiments, r.ID)
	}
	if out.Status, err = json.Marshal(status); err != nil {
		return err
	}
	if out.Studies, err = json.Marshal(studies); err != nil {
		return err
	}
	for _, s := range studies.Studies {
		if err := w.study(s.ID); err != nil {
			return fmt.Errorf("study %s: %w", s.ShortID, err)
		}
	}
	return w.put("index", out)
}

// mostObjectives is the most objectives of a study in a report; each is computed for both goals.
const mostObjectives = 8

func (w *writer) study(id string) error {
	target := "/api/studies/" + url.PathEscape(id)
	out := map[string]json.RawMessage{} // by the query, in the form in which the page makes it
	var first web.Study
	if err := w.read(target, &first); err != nil {
		return err
	}
	objectives := first.Objectives[:min(len(first.Objectives), mostObjectives)]
	add := func(query url.Values) error {
		text := query.Encode()
		var got web.Study
		if err := w.read(target+"?"+text, &got); err != nil {
			return err
		}
		got.Objectives = objectives
		data, err := json.Marshal(got)
		out[text] = data
		return err
	}
	queries := []url.Values{{}, {"goal": {"min"}}, {"goal": {"max"}}}
	for _, name := range objectives {
		queries = append(queries, url.Values{"objective": {name}}, url.Values{"objective": {name}, "goal": {"min"}}, url.Values{"objective": {name}, "goal": {"max"}})
	}
	for _, q := range queries {
		if err := add(q); err != nil {
			return err
		}
	}
	return w.put("study/"+id, out)
}

// get reads the response to a request unchanged.
func (w *writer) get(target string, to *json.RawMessage) (err error) {
	*to, err = w.from.Get(w.ctx, target)
	return err
}

// read decodes the response to a request into v.
func (w *writer) read(target string, v any) error {
	data, err := w.from.Get(w.ctx, target)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("read %s: %w", target, err)
	}
	return nil
}

// put writes data/NAME.js. json.Marshal escapes what could end a script.
func (w *writer) put(name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	key, err := json.Marshal(name)
	if err != nil {
		return err
	}
	return w.file("data/"+name+".js", fmt.Appendf(nil, "guildReport.put(%s, %s);\n", key, data))
}

// file writes a file; name is its path below the report, with slashes.
func (w *writer) file(name string, data []byte) error {
	path := filepath.Join(w.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o666)
}
