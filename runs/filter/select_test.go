package filter

import (
	"errors"
	"strings"
	"testing"

	"guild/runs"
	"guild/runs/catalog"
)

var selectable = []string{"abcd1234ef", "abcd1299ef", "12345678ab", "0100000000", "1e12300000", "77"}

var selectTests = []struct {
	specs string // separated by blanks
	want  string
	err   string
}{
	{specs: "1", want: "abcd1234ef"},
	{specs: "6", want: "77"},
	{specs: "2 1", want: "abcd1299ef abcd1234ef"},
	{specs: "1 1 abcd1234", want: "abcd1234ef"},
	{specs: "2:4", want: "abcd1299ef 12345678ab 0100000000"},
	{specs: ":2", want: "abcd1234ef abcd1299ef"},
	{specs: "5:", want: "1e12300000 77"},
	{specs: "5:99", want: "1e12300000 77"},
	{specs: ":", want: strings.Join(selectable, " ")},
	{specs: "3 2:3", want: "12345678ab abcd1299ef"},
	{specs: "abcd1234", want: "abcd1234ef"},
	{specs: "abcd129", want: "abcd1299ef"},
	{specs: "12345678", want: "12345678ab"}, // as long as a short id: no index
	{specs: "010", want: "0100000000"},      // indexes have no leading zero
	{specs: "1e", want: "1e12300000"},
	{specs: "77", want: "77"}, // there is no such index, so it is an id

	{specs: "7", want: "77"},
	{specs: "8", err: "no such run: 8 (there are 6 that match"},
	{specs: "7:", err: "no such run: 7:"},
	{specs: "abcd", err: "abcd is the start of 2 run ids, give more of it: abcd1234, abcd1299"},
	{specs: "zz", err: "no such run: zz ('guild runs' lists the runs)"},
	{specs: "a:b", err: "range a:b: write FIRST:LAST"},
	{specs: "0:2", err: "range 0:2"},
	{specs: "3:2", err: "range 3:2 runs backwards: write 2:3"},
	{specs: "1 zz", err: "no such run: zz"},
}

func TestSelect(t *testing.T) {
	var all []*runs.Run
	for _, id := range selectable {
		all = append(all, runs.Named(id, ""))
	}
	for _, tt := range selectTests {
		got, err := Select(all, strings.Fields(tt.specs))
		checkSelected(t, tt.specs, got, err, tt.want, tt.err)
	}
	if _, err := Select(all, []string{""}); err == nil {
		t.Error("an empty word names a run")
	}
	if got, err := Select([]*runs.Run(nil), []string{":"}); err != nil || len(got) != 0 {
		t.Errorf("all of none: %v, %v", got, err)
	}
}

func checkSelected(t *testing.T, specs string, got []*runs.Run, err error, want, wantErr string) {
	t.Helper()
	switch {
	case wantErr != "" && (err == nil || !strings.Contains(err.Error(), wantErr)):
		t.Errorf("%s: got %q, %v; want error %q", specs, ids(got), err, wantErr)
	case wantErr == "" && (err != nil || ids(got) != want):
		t.Errorf("%s: got %q, %v; want %q", specs, ids(got), err, want)
	case strings.HasPrefix(wantErr, "no such run") && !errors.Is(err, runs.ErrNotFound):
		t.Errorf("%s: %v is no ErrNotFound", specs, err)
	}
}

// storeOf makes a store with the selectable runs, the first one started last.
func storeOf(t *testing.T) *runs.Store {
	t.Helper()
	s := runs.Open(t.TempDir())
	for i, id := range selectable {
		makeRun(t, s, runSpec{id: id, ref: op("", "op"+id[:1]), status: runs.Completed,
			attrs: map[string]any{"started": 1_700_000_000_000_000 - i}})
	}
	return s
}

func TestFind(t *testing.T) {
	s := storeOf(t)
	for _, tt := range selectTests {
		got, err := Find(catalog.New(s, nil), &Filter{}, strings.Fields(tt.specs))
		checkSelected(t, tt.specs, got, err, tt.want, tt.err)
	}
	if got, err := Find(catalog.New(s, nil), &Filter{}, nil); err != nil || ids(got) != strings.Join(selectable, " ") {
		t.Errorf("no specs: %q, %v", ids(got), err)
	}
}

func TestFindFiltered(t *testing.T) {
	s := storeOf(t)
	var f Filter
	f.And(func(r *runs.View) bool { return r.ID != "abcd1234ef" && r.ID != "77" })
	for _, tt := range []struct{ specs, want, err string }{
		{specs: "1", want: "abcd1299ef"},
		{specs: "abcd", want: "abcd1299ef"}, // the other one does not pass the filter
		{specs: "3:", want: "0100000000 1e12300000"},
		{specs: "77", err: "no such run: 77 (there are 4 that match"},
		{specs: "abcd1234", err: "no such run: abcd1234"},
	} {
		got, err := Find(catalog.New(s, nil), &f, strings.Fields(tt.specs))
		checkSelected(t, tt.specs, got, err, tt.want, tt.err)
	}
}

func TestAmong(t *testing.T) {
	s := storeOf(t)
	all, err := catalog.New(s, nil).List()
	if err != nil {
		t.Fatal(err)
	}
	var f Filter
	f.And(func(r *runs.View) bool { return r.ID != "abcd1234ef" && r.ID != "77" })
	for _, tt := range []struct{ specs, want, err string }{
		{specs: "", want: "abcd1299ef 12345678ab 0100000000 1e12300000"},
		{specs: "abcd", want: "abcd1299ef"},
		{specs: "77", err: "no such run: 77"},
	} {
		got, err := Among(all, &f, strings.Fields(tt.specs))
		checkSelected(t, tt.specs, got, err, tt.want, tt.err)
	}
}

func TestLatest(t *testing.T) {
	s := storeOf(t)
	f := &Filter{}
	f.And(func(r *runs.View) bool { return r.Opref().Op == "op1" })
	for _, tt := range []struct{ spec, want, err string }{
		{"", "12345678ab", ""},
		{"2", "1e12300000", ""},
		{"1e1", "1e12300000", ""},
		{"1:1", "12345678ab", ""},
		{"1:2", "", "1:2 names 2 runs where one is asked for"},
		{"abcd", "", "no such run: abcd"},
	} {
		r, err := Latest(catalog.New(s, nil), f, tt.spec)
		var got []*runs.Run
		if r != nil {
			got = append(got, r)
		}
		checkSelected(t, tt.spec, got, err, tt.want, tt.err)
	}
	f.And(func(*runs.View) bool { return false })
	if _, err := Latest(catalog.New(s, nil), f, ""); !errors.Is(err, ErrNoMatch) {
		t.Errorf("nothing passes: %v", err)
	}
}

// FuzzSpec parses what users type for runs.
func FuzzSpec(f *testing.F) {
	for _, s := range []string{"1", "1:3", ":", "latest", "o:m:op", "abcd", "99999999999999999999", "0x1", "-1:2", "o:\xfc*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		sp, err := parseSpec(text)
		if err == nil && (sp.lo < 0 || sp.hi < 0 || sp.index < 0 || sp.hi > 0 && sp.lo > sp.hi) {
			t.Errorf("%q is %+v", text, sp)
		}
	})
}
