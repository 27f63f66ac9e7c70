package filter_test

import (
	"errors"
	"fmt"
	"os"
	"time"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/filter"
)

func ExampleParseExpr() {
	home, err := os.MkdirTemp("", "guild-example-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(home)
	store := runs.Open(home)
	for _, lr := range []float64{0.01, 0.1} {
		draft, err := store.Draft(runs.NewID())
		if err != nil {
			panic(err)
		}
		if err := draft.SetAttrs(map[string]any{"flags": map[string]any{"lr": lr}}); err != nil {
			panic(err)
		}
		if _, err := draft.Commit(runs.Completed); err != nil {
			panic(err)
		}
	}
	list, err := catalog.New(store, nil).List()
	if err != nil {
		panic(err)
	}

	expr, err := filter.ParseExpr("status = completed and lr > 0.05", time.Now())
	if err != nil {
		panic(err)
	}
	for _, r := range list {
		if expr.Match(r.AsView()) {
			fmt.Println(r.Flags())
		}
	}
	// Output: map[lr:0.1]
}

func ExampleSyntaxError() {
	_, err := filter.ParseExpr("lr = = 1", time.Now())
	var wrong *filter.SyntaxError
	if errors.As(err, &wrong) {
		fmt.Println(wrong.Pos, wrong.Reason)
	}
	// Output: 5 unexpected token '='; for 'equal' write a single =
}
