package cmd

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"guild/proc/invocation"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/listing"
	"guild/runs/manifest"
	"guild/runs/opref"
	"guild/runs/runjson"
	"guild/sched/state"
)

// RunsInfo shows one run.
type RunsInfo struct {
	filter.Flags
	Spec         string `arg:"" optional:"" name:"run" help:"Index of the run in the list, or the start of its id. Default: the latest." complete:"run"`
	Env          bool   `short:"e" help:"With the environment of the run's process."`
	Deps         bool   `short:"d" help:"With the dependencies that were resolved."`
	AllScalars   bool   `short:"s" name:"all-scalars" help:"With all that is known of the scalars, and those of the system too."`
	Comments     bool   `short:"c" help:"With the comments."`
	Manifest     bool   `short:"m" help:"With the files that were copied into the run."`
	PrivateAttrs bool   `short:"p" name:"private-attrs" help:"With the attributes that guild keeps for itself."`
	JSON         bool   `name:"json" help:"As a JSON object: that of 'guild runs list --json' and from, command, sourcecode_digest, vcs_commit, pid, cpu_time (seconds), peak_memory (bytes), owned_since, last_seen (microseconds, by the clock of the file server), scalars (last value and step by name), attributes, engine (of a run that an engine such as Dask or Slurm was given: kind, cluster, job, name, scheduler, submitted, attempt, survives, ended_by); with the other options also env, deps, all_scalars (by name: avg, count, total, and value and step of first, last, max, min), manifest, private."`
}

// Run shows the run.
func (i *RunsInfo) Run(c *console.Console, s *catalog.Catalog) error {
	f, err := i.Filter()
	if err != nil {
		return err
	}
	r, err := filter.Latest(s, f, i.Spec)
	if err != nil {
		return err
	}
	info := newInfo(r.AsView())
	if info.summary.Reason == "" {
		info.summary.Reason = (&reasons{catalog: s}).of(r, info.state.Status)
	}
	if err := i.addParts(info); err != nil {
		return err
	}
	if i.JSON {
		return c.WriteJSON(info.json())
	}
	c.Print(info.parts(0)...)
	noteIgnored(c, r, info.state.Status)
	return nil
}

// noteIgnored names the files of an ended run that say something else than its phase. Somebody has changed them by hand, which changes
// nothing here but what Guild AI shows.
func noteIgnored(c *console.Console, r *runs.Run, now runs.Status) {
	if !now.Ended() {
		return
	}
	if in, err := r.Inspect(); err == nil && len(in.Stale) > 0 && !in.Owned && !in.Lost {
		c.Notef("guild: the run is %s, which %s in .guild do not say: only commands change a status; 'guild check --repair' sets them right\n", now, strings.Join(in.Stale, ", "))
	}
}

func (i *RunsInfo) addParts(info *info) error {
	if i.Env {
		info.env = attrMap(info.run, "env")
	}
	if i.AllScalars {
		info.results = readResults(info.run, true)
	}
	if i.Deps {
		info.deps = attrMap(info.run, "deps")
	}
	info.comments = i.Comments
	if i.PrivateAttrs {
		info.private = privateAttrs(info.run)
	}
	if i.Manifest {
		entries, err := manifest.Of(info.run)
		if err != nil {
			return err
		}
		info.manifest = manifestPaths(entries)
	}
	return nil
}

// info is the information about a run. The maps after attributes are nil unless they were requested.
type info struct {
	run        *runs.View
	state      runs.State
	summary    runjson.Run
	from       string
	command    string
	digest     string
	commit     string
	attributes map[string]any
	engine     map[string]any // that the run was handed to; empty if none was
	results    results

	env, deps, private map[string]any
	manifest           map[string][]string
	comments           bool

	scheduler *state.State // published state of the run if it is a scheduler; nil for other runs
}

// InfoText returns the output of `guild runs info` for a run.
func InfoText(r *runs.Run) string { return newInfo(r.AsView()).text() }

func newInfo(r *runs.View) *info {
	state := r.State()
	i := &info{run: r, state: state, summary: runjson.Of(r, state), from: from(r.Opref())}
	i.command = invocation.Shown(r, state)
	i.digest, _ = r.AttrString("sourcecode_digest")
	i.commit, _ = r.AttrString("vcs_commit")
	i.engine = attrMap(r, "engine")
	i.results = readResults(r, false)
	i.attributes = i.results.addTo(customAttrs(r))
	i.scheduler = schedulerOf(runs.Named(r.ID, r.Dir))
	return i
}

// from returns where an operation is defined.
func from(ref opref.Ref) string {
	switch ref.PkgType {
	case opref.Package:
		return ref.PkgName + "==" + ref.PkgVersion
	case opref.Builtin:
		return "guild"
	}
	return listing.Tilde(ref.PkgName)
}

// owner returns the owner of the run; ok is false unless it is worth showing: the owner is alive, or its loss explains the status.
func (i *info) owner() (runs.Owner, bool) {
	o := i.state.Owner
	return o, o.Host != "" && (i.state.Status == runs.Running || i.state.Lost)
}

func (i *info) stopped() time.Time {
	if i.summary.Stopped == nil {
		return time.Time{}
	}
	return time.UnixMicro(*i.summary.Stopped)
}

func (i *info) pid() string {
	if o := i.state.Owner; i.state.Status == runs.Running && o.PID > 0 {
		return strconv.Itoa(o.PID)
	}
	return ""
}

// shownAttrs are attributes that have a line of their own, privateNames those that only --private-attrs shows.
var (
	shownAttrs = []string{"cmd", "comments", "cpu_time", "deps", "engine", "env", "exit_status", "flags", "id", "label", "marked", "opdef_attrs",
		"peak_memory", "sourcecode_digest", "started", "stopped", "tags", "vcs_commit"}
	privateNames = []string{"batch", "batch_trials", "compare", "env_names", "environment", "failure_reason", "host", "initialized", "max_trials", "metric_files", "objective", "op", "pip_freeze", "platform", "plugins",
		"random_seed", "run_params", "search_spaces", "steps", "trials", "user", "user_flags"}
)

// customAttrs returns the attributes that the operation's definition or the user added.
func customAttrs(r *runs.View) map[string]any {
	attrs := map[string]any{}
	maps.Copy(attrs, attrMap(r, "opdef_attrs"))
	names, _ := r.AttrNames()
	for _, name := range names {
		if reserved(name) {
			continue
		}
		if v, err := r.Attr(name); err == nil {
			attrs[name] = v
		}
	}
	return attrs
}

// reserved reports whether guild itself sets an attribute.
func reserved(name string) bool {
	return slices.Contains(shownAttrs, name) || slices.Contains(privateNames, name)
}

func privateAttrs(r *runs.View) map[string]any {
	attrs := map[string]any{"opref": r.Opref().String()}
	for _, name := range privateNames {
		if v, err := r.Attr(name); err == nil {
			attrs[name] = v
		}
	}
	return attrs
}

func attrMap(r *runs.View, name string) map[string]any {
	v, _ := r.Attr(name)
	m, ok := v.(map[string]any)
	if !ok {
		m = map[string]any{}
	}
	return m
}

func manifestPaths(entries []manifest.Entry) map[string][]string {
	paths := map[string][]string{"sourcecode": {}, "dependencies": {}}
	for _, e := range entries {
		switch e.Kind {
		case manifest.Source:
			paths["sourcecode"] = append(paths["sourcecode"], e.Path)
		case manifest.Dependency:
			paths["dependencies"] = append(paths["dependencies"], e.Path)
		}
	}
	for _, list := range paths {
		slices.Sort(list)
	}
	return paths
}
