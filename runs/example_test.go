package runs_test

import (
	"fmt"
	"os"

	"guild/runs"
	"guild/runs/opref"
)

// A run is prepared as a draft and appears in the store complete, by one rename.
func Example() {
	home, err := os.MkdirTemp("", "guild-example-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(home)
	store := runs.Open(home)
	draft, err := store.Draft(runs.NewID())
	if err != nil {
		panic(err)
	}
	defer draft.Discard()
	if err := draft.SetOpref(opref.Ref{PkgType: opref.Script, PkgName: "/project", Op: "train.py"}); err != nil {
		panic(err)
	}
	if err := draft.SetAttrs(map[string]any{"flags": map[string]any{"lr": 0.1}}); err != nil {
		panic(err)
	}
	if _, err := draft.Commit(runs.Pending); err != nil {
		panic(err)
	}

	list, err := store.List()
	if err != nil {
		panic(err)
	}
	for _, r := range list {
		fmt.Println(r.Opref().OpSpec(), r.Status(), r.Flags())
	}
	// Output: train.py pending map[lr:0.1]
}
