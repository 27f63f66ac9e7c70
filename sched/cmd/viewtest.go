package cmd

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"

	"guild/runs/console"
	"guild/sched/web"
)

// try requests each kind of response from a dashboard.
func try(ctx context.Context, con *console.Console, srv *web.Server) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	c := client{con, &http.Client{Jar: jar}}
	url := srv.URL()
	if err := c.ask(ctx, srv.Link(), url, nil); err != nil {
		return err
	}
	api := strings.TrimSuffix(url, "/status") + "/api"
	var status web.Snapshot
	var found web.Matches
	var table web.Table
	if err := c.ask(ctx, api+"/status", api+"/status", &status); err != nil {
		return err
	}
	con.Printf(" - Got %d scheduler(s)\n", len(status.Schedulers))
	if err := c.ask(ctx, api+"/runs", api+"/runs", &found); err != nil {
		return err
	}
	con.Printf(" - Got %d Guild run(s)\n", found.Total)
	if err := c.ask(ctx, api+"/compare", api+"/compare", &table); err != nil {
		return err
	}
	con.Printf(" - Got %d column(s)\n", len(table.Columns))
	for _, run := range found.Runs[:min(1, len(found.Runs))] {
		var files web.Files
		var output web.Output
		if err := c.ask(ctx, api+"/runs/"+run.ID+"/files", api+"/runs/"+run.ID+"/files", &files); err != nil {
			return err
		}
		con.Printf(" - Got %d file(s)\n", len(files.Files))
		if err := c.ask(ctx, api+"/runs/"+run.ID+"/output", api+"/runs/"+run.ID+"/output", &output); err != nil {
			return err
		}
		con.Printf(" - Got %d byte(s)\n", output.Size)
	}
	return nil
}

// client is an HTTP client that keeps cookies, as a browser does.
type client struct {
	con  *console.Console
	http *http.Client
}

// ask requests url, which messages call what. It decodes the JSON response into v unless v is nil.
func (c client) ask(ctx context.Context, url, what string, v any) error {
	c.con.Printf("Testing %s\n", what)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("read %s: %w", what, err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s: %s", what, resp.Status, data)
	}
	if v == nil {
		return nil
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("read %s: %w", what, err)
	}
	return nil
}
