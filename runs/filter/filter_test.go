package filter

import (
	"strings"
	"testing"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/opref"
)

// runSpec describes a run to be made.
type runSpec struct {
	id     string
	ref    opref.Ref
	status runs.Status
	attrs  map[string]any
	proto  *opref.Ref // of a batch
}

func makeRun(t *testing.T, s *runs.Store, spec runSpec) *runs.Run {
	t.Helper()
	d, err := s.Draft(spec.id)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.SetOpref(spec.ref); err != nil {
		t.Fatal(err)
	}
	if err := d.SetAttrs(spec.attrs); err != nil {
		t.Fatal(err)
	}
	if spec.proto != nil {
		p, err := runs.DraftAt(d.Dir() + "/.guild/proto")
		if err != nil {
			t.Fatal(err)
		}
		if err := p.SetOpref(*spec.proto); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Commit(runs.Pending); err != nil {
			t.Fatal(err)
		}
	}
	r, err := d.Commit(spec.status)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func op(model, name string) opref.Ref {
	return opref.Ref{PkgType: opref.Guildfile, PkgName: "/p/guild.yml", Model: model, Op: name}
}

// samples makes one run of each kind, in the order of their starts.
func samples(t *testing.T) *runs.Store {
	t.Helper()
	s := runs.Open(t.TempDir())
	train := op("", "train")
	for i, spec := range []runSpec{
		{id: "e1", ref: op("", "train"), status: runs.Completed, attrs: map[string]any{
			"label": "lr=0.1", "tags": []any{"red", "green"}, "marked": true, "sourcecode_digest": "abc123",
			"comments": []any{map[string]any{"body": "a fine run", "user": "u", "host": "h", "time": 1}}}},
		{id: "e2", ref: op("mnist", "train"), status: runs.Error, attrs: map[string]any{
			"label": "lr=0.2", "tags": []any{"Green"}, "sourcecode_digest": "abd999"}},
		{id: "e3", ref: op("mnist", "evaluate"), status: runs.Staged},
		{id: "e4", ref: opref.Ref{PkgType: opref.Builtin, Model: "dask", Op: "scheduler"}, status: runs.Terminated},
		{id: "e5", ref: opref.Ref{PkgType: opref.Builtin, Op: "+"}, status: runs.Completed, proto: &train},
		{id: "e6", ref: opref.Ref{PkgType: opref.Builtin, Model: "skopt", Op: "gp"}, status: runs.Pending, proto: &train},
		{id: "e7", ref: opref.Ref{PkgType: opref.Package, PkgName: "gpkg.mnist", PkgVersion: "1", Model: "logreg", Op: "train"},
			status: runs.Running},
		{id: "e8", ref: opref.Ref{}, status: runs.Completed},
	} {
		if spec.attrs == nil {
			spec.attrs = map[string]any{}
		}
		spec.attrs["started"] = 1_700_000_000_000_000 + i
		r := makeRun(t, s, spec)
		if err := r.SetAttr("started", spec.attrs["started"]); err != nil { // Commit sets that of staged runs
			t.Fatal(err)
		}
	}
	return s
}

func ids(list []*runs.Run) string {
	var names []string
	for _, r := range list {
		names = append(names, r.ID)
	}
	return strings.Join(names, " ")
}

func TestFilter(t *testing.T) {
	s := samples(t)
	// The owner of e7 is alive: its lock determines its status.
	r, err := s.Get("e7")
	if err != nil {
		t.Fatal(err)
	}
	l, err := r.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	all, err := catalog.New(s, nil).List()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		flags Flags
		want  string
	}{
		{"none", Flags{}, "e8 e7 e6 e5 e4 e3 e2 e1"},

		{"name in any model", Flags{Operation: []string{"train"}}, "e7 e2 e1"},
		{"name with model", Flags{Operation: []string{"mnist:train"}}, "e2"},
		{"name with model in package", Flags{Operation: []string{"logreg:train"}}, "e7"},
		{"full name", Flags{Operation: []string{"gpkg.mnist/logreg:train"}}, "e7"},
		{"built-in", Flags{Operation: []string{"scheduler"}}, "e4"},
		{"part of a name", Flags{Operation: []string{"tra"}}, ""},
		{"end of a name", Flags{Operation: []string{"ain"}}, ""},
		{"several", Flags{Operation: []string{"evaluate", "dask:scheduler"}}, "e4 e3"},
		{"pattern at the end", Flags{Operation: []string{"tra*"}}, "e7 e6 e5 e2 e1"},
		{"pattern at the start", Flags{Operation: []string{"*ain"}}, "e7 e2 e1"},
		{"pattern for the op", Flags{Operation: []string{"mnist:*"}}, "e3 e2"},
		{"pattern for the model", Flags{Operation: []string{"*ist:evaluate"}}, "e3"},
		{"all of a model", Flags{Operation: []string{"mnist:"}}, "e3 e2"},
		{"pattern that only a model matches", Flags{Operation: []string{"mn*"}}, ""},
		{"pattern for everything", Flags{Operation: []string{"*"}}, "e8 e7 e6 e5 e4 e3 e2 e1"},
		{"pattern for one character", Flags{Operation: []string{"trai?"}}, "e7 e2 e1"},
		{"pattern with signs of regular expressions", Flags{Operation: []string{"gpkg.mnist/*", "dask.*"}}, "e7"},
		{"expression for the start", Flags{Operation: []string{"^mnist:"}}, "e3 e2"},
		{"expression for the end", Flags{Operation: []string{":(evaluate|scheduler)$"}}, "e4 e3"},
		{"batch", Flags{Operation: []string{"train+"}}, "e5"},
		{"batch with optimizer", Flags{Operation: []string{"train+skopt:gp"}}, "e6"},
		{"optimizer", Flags{Operation: []string{"skopt:gp"}}, "e6"},
		{"all batches", Flags{Operation: []string{"*+*"}}, "e6 e5"},

		{"label", Flags{Label: []string{"0.1"}}, "e1"},
		{"labels", Flags{Label: []string{"0.1", "0.2"}}, "e2 e1"},
		{"no label", Flags{Label: []string{"-", "0.2"}}, "e8 e7 e6 e5 e4 e3 e2"},
		{"unlabeled", Flags{Unlabeled: true}, "e8 e7 e6 e5 e4 e3"},
		{"tag", Flags{Tag: []string{"green"}}, "e1"},
		{"tags", Flags{Tag: []string{"Green", "red", "blue"}}, "e2 e1"},
		{"part of a tag", Flags{Tag: []string{"gree"}}, ""},
		{"comment", Flags{Comment: []string{"not fine", "fine"}}, "e1"},
		{"no such comment", Flags{Comment: []string{"bad"}}, ""},
		{"marked", Flags{Marked: true}, "e1"},
		{"unmarked", Flags{Unmarked: true, Tag: []string{"red", "Green"}}, "e2"},
		{"started", Flags{Started: "before 2023-11-15"}, "e8 e7 e6 e5 e4 e3 e2 e1"},
		{"started later", Flags{Started: "after 2023-11-16"}, ""},
		{"expression", Flags{Expr: "op = train and label contains 'LR=0.2'"}, "e2"},
		{"expression and option", Flags{Expr: "op = train", Completed: true}, "e1"},
		{"digest", Flags{Digest: "ab"}, "e2 e1"},
		{"longer digest", Flags{Digest: "abc123"}, "e1"},
		{"different options", Flags{Operation: []string{"train"}, Label: []string{"lr"}, Error: true}, "e2"},

		{"running", Flags{Running: true}, "e7"},
		{"completed", Flags{Completed: true}, "e8 e5 e1"},
		{"error", Flags{Error: true}, "e2"},
		{"terminated", Flags{Terminated: true}, "e4"},
		{"pending", Flags{Pending: true}, "e6"},
		{"staged", Flags{Staged: true}, "e3"},
		{"two statuses", Flags{Staged: true, Pending: true}, "e6 e3"},
		{"not one", Flags{NotCompleted: true}, "e7 e6 e4 e3 e2"},
		{"not any of", Flags{NotCompleted: true, NotError: true, NotRunning: true}, "e6 e4 e3"},
		{"one wanted rules what is not", Flags{NotError: true, Staged: true, Completed: true}, "e8 e5 e3 e1"},
		{"wanted and not", Flags{NotError: true, Error: true}, "e2"},
		{"not pending, staged, terminated", Flags{NotPending: true, NotStaged: true, NotTerminated: true}, "e8 e7 e5 e2 e1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := tt.flags.Filter()
			if err != nil {
				t.Fatal(err)
			}
			if got := ids(Apply(f, all)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFilterErrors(t *testing.T) {
	tests := []struct {
		flags Flags
		want  string
	}{
		{Flags{Operation: []string{"^(a"}}, "not a regular expression"},
		{Flags{Label: []string{"a"}, Unlabeled: true}, "--unlabeled"},
		{Flags{Marked: true, Unmarked: true}, "--unmarked"},
	}
	for _, tt := range tests {
		if _, err := tt.flags.Filter(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v", tt.flags, err)
		}
	}
}
