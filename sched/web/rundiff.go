package web

import (
	"maps"
	"net/http"
	"slices"

	"guild/runs"
	"guild/sched/web/reply"
)

// RunDiff is the difference of two runs.
type RunDiff struct {
	A       Detail      `json:"a"`
	B       Detail      `json:"b"`
	Flags   []DiffValue `json:"flags"`   // flags of both runs, by name
	Facts   []DiffValue `json:"facts"`   // status, host and others
	Scalars []DiffPair  `json:"scalars"` // scalars of both runs, by name
	Source  *Source     `json:"source"`
}

// DiffValue is a value of two runs; null if a run lacks it.
type DiffValue struct {
	Name string  `json:"name"`
	A    *string `json:"a"`
	B    *string `json:"b"`
}

// DiffPair is a scalar of two runs; null if a run lacks it.
type DiffPair struct {
	Name string  `json:"name"`
	A    *Scalar `json:"a"`
	B    *Scalar `json:"b"`
}

// diff responds with a RunDiff of ?a=ID and ?b=ID.
func (s *Server) diff(w http.ResponseWriter, r *http.Request) {
	var pair [2]*runs.Run
	for i, name := range []string{"a", "b"} {
		run, err := s.catalog.Get(r.URL.Query().Get(name))
		if err != nil || !s.serves(run.ID) {
			reply.Fail(w, r, http.StatusNotFound, "no run here has the full id that "+name+" gives: it may have been deleted")
			return
		}
		pair[i] = run
	}
	a, b := s.describe(pair[0].AsView()), s.describe(pair[1].AsView())
	out := &RunDiff{A: *a, B: *b, Flags: join(a.Flags, b.Flags), Facts: join(facts(a), facts(b)), Scalars: joinScalars(a.Scalars, b.Scalars)}
	out.Source = &Source{With: pair[0].ID, Files: []SourceFile{}, Choices: []Choice{}}
	out.Source.compare(pair[1], pair[1].Dir, pair[0].Dir, true)
	reply.JSON(w, r, http.StatusOK, reply.Encode(out))
}

func facts(d *Detail) []Value {
	list := []Value{{"operation", d.Op}, {"status", d.Status}}
	if d.Host != "" {
		list = append(list, Value{"host", d.Host})
	}
	return list
}

func join(a, b []Value) []DiffValue {
	all := map[string]*DiffValue{}
	at := func(name string) *DiffValue {
		if all[name] == nil {
			all[name] = &DiffValue{Name: name}
		}
		return all[name]
	}
	for _, v := range a {
		at(v.Name).A = &v.Value
	}
	for _, v := range b {
		at(v.Name).B = &v.Value
	}
	list := []DiffValue{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, *all[name])
	}
	return list
}

func joinScalars(a, b []Scalar) []DiffPair {
	all := map[string]DiffPair{}
	for _, v := range a {
		all[v.Name] = DiffPair{Name: v.Name, A: &v}
	}
	for _, v := range b {
		p := all[v.Name]
		p.Name, p.B = v.Name, &v
		all[v.Name] = p
	}
	list := []DiffPair{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, all[name])
	}
	return list
}
