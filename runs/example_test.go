package runs_test

import (
	"fmt"
	"log"
	"os"

	"guild/runs"
	"guild/runs/opref"
)

// A run is prepared as a draft and appears in the store complete, by one rename.
func Example() {
	home, err := os.MkdirTemp("", "guild-example-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(home)
	store := runs.Open(home)
	draft, err := store.Draft(runs.NewID())
	if err != nil {
		log.Fatal(err)
	}
	defer draft.Discard()
	if err := draft.SetOpref(opref.Ref{PkgType: opref.Script, PkgName: "/project", Op: "train.py"}); err != nil {
		log.Fatal(err)
	}
	if err := draft.SetAttrs(map[string]any{"flags": map[string]any{"lr": 0.1}}); err != nil {
		log.Fatal(err)
	}
	if _, err := draft.Commit(runs.Pending); err != nil {
		log.Fatal(err)
	}

	list, err := store.List()
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range list {
		fmt.Println(r.Opref().OpSpec(), r.Status(), r.Flags())
	}
	// Output: train.py pending map[lr:0.1]
}
