package web_test

import (
	"testing"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/filter"
	"guild/sched/web"
	"guild/sched/web/report"
)

// Package report imports this package, whose tests have the browser and the runs for its tests.
func init() {
	web.WriteReport = func(t *testing.T, store *runs.Store, dir string) {
		t.Helper()
		c := catalog.New(store, nil)
		list, err := filter.Snapshots(c, &filter.Filter{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		cfg := report.Config{Catalog: c, Planned: web.PlannedInTests}
		for _, r := range catalog.Runs(list) {
			cfg.Runs = append(cfg.Runs, report.Run{Run: r, Copies: func(string) bool { return true }})
		}
		if err := report.Write(t.Context(), cfg, dir); err != nil {
			t.Fatal(err)
		}
	}
}
