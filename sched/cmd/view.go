package cmd

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"

	"github.com/rs/zerolog"

	"guild/runs"
	runscmd "guild/runs/cmd"
	"guild/runs/console"
	"guild/sched"
	"guild/sched/web"
)

// View serves the dashboard without a scheduler.
type View struct {
	Host   string `placeholder:"HOST" help:"What to listen on. Default: this machine only; 0.0.0.0 for all its addresses."`
	Port   string `short:"p" placeholder:"PORT" help:"The port, or 0 for any that is free. Default: 8787, or the next one that is free."`
	NoOpen bool   `short:"n" name:"no-open" help:"Do not open a browser."`
}

// Run serves until it is interrupted.
func (v *View) Run(ctx context.Context, con *console.Console, store *runs.Store) error {
	host, port, err := net.SplitHostPort(web.DefaultAddr)
	if err != nil {
		return err
	}
	addr, _, err := web.ParseAddress(net.JoinHostPort(cmp.Or(v.Host, host), cmp.Or(v.Port, port)))
	if err != nil {
		return err
	}
	level := zerolog.InfoLevel
	if con.Debug {
		level = zerolog.DebugLevel
	}
	srv, err := web.Start(ctx, web.Config{Store: store, Addr: addr, Logger: sched.NewLogger(os.Stderr, level)})
	if err != nil {
		return err
	}
	con.Notef("Runs at %s (Ctrl-C to stop)\n", srv.URL())
	if opener := runscmd.Opener(); !v.NoOpen && opener != "" {
		browser := exec.Command(opener, srv.URL())
		if err := browser.Start(); err != nil {
			con.Notef("WARNING: cannot open a browser: %v\n", err)
		}
		go func() { _ = browser.Wait() }() // what becomes of it is its user's affair
	}
	<-ctx.Done()
	if err := srv.Close(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("stop serving: %w", err)
	}
	return ctx.Err()
}
