package cmd

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"

	"github.com/rs/zerolog"

	"guild/proc/batchplan"
	"guild/runs"
	"guild/runs/catalog"
	runscmd "guild/runs/cmd"
	comparecmd "guild/runs/compare/cmd"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/sched"
	"guild/sched/web"
	"guild/sched/web/access"
	"guild/sched/web/listen"
	"guild/sched/web/peer"
)

// View serves the dashboard without a scheduler.
type View struct {
	filter.Flags
	Specs        []string `arg:"" optional:"" name:"run" help:"Indexes, ranges such as 1:3, starts of ids, or o:OPERATION. Default: all runs that pass the filters." complete:"run"`
	Host         string   `placeholder:"HOST" help:"What to listen on. Default: this machine only; 0.0.0.0 for all its addresses."`
	Port         string   `short:"p" placeholder:"PORT" help:"The port, or 0 for any that is free. Default: 8787, or the next one that is free."`
	IncludeBatch bool     `name:"include-batch" help:"Batches in comparisons too."`
	NoOpen       bool     `short:"n" name:"no-open" help:"Do not open a browser."`
	BasePath     string   `name:"base-path" placeholder:"PATH" help:"The path below which a proxy shows the pages, such as /user/ada/guild."`
	AllowHosts   []string `name:"allow-host" placeholder:"NAME" help:"Answer a proxy that asks by this host name too. May be repeated."`
	ReadOnly     bool     `name:"read-only" help:"Pages without actions: nobody can stop, label or delete runs by them."`
	Logging      bool     `help:"Log what is asked for."`
	Link         bool     `help:"Print the links that let other users and hosts see the dashboards of this home that serve now, and end."`
	NoToken      bool     `name:"no-token" help:"Let everybody in who reaches the address, and not this user alone."`
	Test         bool     `help:"Ask for each kind of page, say what came, and stop serving."`
}

// Run serves until it is interrupted.
func (v *View) Run(ctx context.Context, con *console.Console, c *catalog.Catalog) error {
	if v.Link {
		return printLinks(con, c.Store)
	}
	cfg, err := v.config(con, c)
	if err != nil {
		return err
	}
	srv, err := web.Start(ctx, cfg)
	if err != nil {
		return err
	}
	if v.Test {
		con.Printf("Running Guild View at %s\n", srv.URL())
		err = try(ctx, con, srv)
	} else {
		con.Notef("Runs at %s (Ctrl-C to stop)\n", srv.URL())
		address := srv.URL()
		switch {
		case v.NoToken:
			con.Notef("WARNING: everybody who reaches it sees these runs (--no-token)\n")
		case !peer.CanTell: // the server cannot tell whose a connection is, so even its own user needs the token
			address = srv.Link()
			fallthrough
		default:
			con.Notef("For other users and hosts: %s\n", srv.Link())
		}
		v.open(con, address)
		<-ctx.Done()
		err = ctx.Err()
	}
	if err := srv.Close(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("stop serving: %w", err)
	}
	return err
}

func (v *View) config(con *console.Console, c *catalog.Catalog) (web.Config, error) {
	host, port, err := net.SplitHostPort(listen.DefaultAddr)
	if err != nil {
		return web.Config{}, err
	}
	addr, _, err := listen.ParseAddress(net.JoinHostPort(cmp.Or(v.Host, host), cmp.Or(v.Port, port)))
	if err != nil {
		return web.Config{}, err
	}
	base, err := access.CleanBasePath(v.BasePath)
	if err != nil {
		return web.Config{}, err
	}
	level := zerolog.InfoLevel
	if con.Debug {
		level = zerolog.DebugLevel
	}
	cfg := web.Config{Catalog: c, Addr: addr, Exact: v.Port != "", Logger: sched.NewLogger(os.Stderr, level), LogRequests: v.Logging,
		BasePath: base, AllowHosts: lower(v.AllowHosts), Open: v.NoToken, Batches: v.IncludeBatch, Defined: comparecmd.DefinedColumns, Planned: batchplan.Planned}
	if !v.ReadOnly {
		cfg.Act = actions(c)
	}
	f, err := v.Filter()
	if err != nil || f.Empty() && len(v.Specs) == 0 {
		return cfg, err
	}
	cfg.Select = (&comparecmd.Compared{Flags: v.Flags, Specs: v.Specs, IncludeBatch: true}).Find
	_, err = cfg.Select(c) // what is wrong with the names of runs is told at once
	return cfg, err
}

// printLinks prints the links of the dashboards that serve.
func printLinks(con *console.Console, store *runs.Store) error {
	links, err := access.Links(store)
	if err != nil {
		return err
	}
	if len(links) == 0 {
		return console.WithHint(fmt.Errorf("no dashboard of %s serves", store.Home()),
			"Start one by 'guild view', or with a scheduler by 'guild run dask:scheduler'.")
	}
	for _, link := range links {
		con.Printf("%s\n", link)
	}
	return nil
}

// open opens url in a browser if there is a program to do so.
func (v *View) open(con *console.Console, url string) {
	opener := runscmd.Opener()
	if v.NoOpen || opener == "" {
		return
	}
	browser := exec.Command(opener, url)
	if err := browser.Start(); err != nil {
		con.Notef("WARNING: cannot open a browser: %v\n", err)
	}
	go func() { _ = browser.Wait() }() // a later failure of the browser is not reported
}

func lower(names []string) []string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = strings.ToLower(name)
	}
	return list
}
