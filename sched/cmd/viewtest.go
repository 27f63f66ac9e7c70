package cmd

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"guild/runs/console"
	"guild/sched/web"
)

// try asks the dashboard whose page is at url for each kind of answer that it has.
func try(ctx context.Context, con *console.Console, url string) error {
	api := strings.TrimSuffix(url, "/status") + "/api"
	var status web.Snapshot
	var found web.Matches
	var table web.Table
	if err := ask(ctx, con, url, nil); err != nil {
		return err
	}
	if err := ask(ctx, con, api+"/status", &status); err != nil {
		return err
	}
	con.Printf(" - Got %d scheduler(s)\n", len(status.Schedulers))
	if err := ask(ctx, con, api+"/runs", &found); err != nil {
		return err
	}
	con.Printf(" - Got %d Guild run(s)\n", found.Total)
	if err := ask(ctx, con, api+"/compare", &table); err != nil {
		return err
	}
	con.Printf(" - Got %d column(s)\n", len(table.Columns))
	for _, run := range found.Runs[:min(1, len(found.Runs))] {
		var files web.Files
		var output web.Output
		if err := ask(ctx, con, api+"/runs/"+run.ID+"/files", &files); err != nil {
			return err
		}
		con.Printf(" - Got %d file(s)\n", len(files.Files))
		if err := ask(ctx, con, api+"/runs/"+run.ID+"/output", &output); err != nil {
			return err
		}
		con.Printf(" - Got %d byte(s)\n", output.Size)
	}
	return nil
}

// ask says what it asks for, and reads the answer into v where that is not nil.
func ask(ctx context.Context, con *console.Console, url string, v any) error {
	con.Printf("Testing %s\n", url)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("read %s: %w", url, err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s: %s", url, resp.Status, data)
	}
	if v == nil {
		return nil
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("read %s: %w", url, err)
	}
	return nil
}
