package doctest

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Pass is an acceptance pass: the documents that an index links to, in that order, in one workspace with one Guild home.
// A document may rely on those before it.
type Pass struct {
	cfg       Config
	dir       string
	names     []string
	workspace string
	skip      []string // patterns of names
}

// NewPass reads the index. The workspace is the directory $WORKSPACE; names that match a pattern of $UAT_SKIP are left
// out. Variables are those of cfg.Env.
func NewPass(cfg Config, index string) (*Pass, error) {
	data, err := os.ReadFile(index)
	if err != nil {
		return nil, err
	}
	if cfg.Env == nil {
		cfg.Env = os.Environ()
	}
	env := func(name string) string { return lookup(cfg.Env, name) }
	if env("WORKSPACE") == "" {
		return nil, fmt.Errorf("WORKSPACE is not set: set it to a directory for the acceptance pass")
	}
	workspace, err := filepath.Abs(env("WORKSPACE"))
	if err != nil {
		return nil, err
	}
	p := &Pass{cfg: cfg, dir: filepath.Dir(index), workspace: workspace}
	documentLink := regexp.MustCompile(`\(([^()]+?)\.md\)`)
	for _, m := range documentLink.FindAllStringSubmatch(string(data), -1) {
		p.names = append(p.names, m[1])
	}
	for _, glob := range strings.Split(env("UAT_SKIP"), ",") {
		glob = strings.TrimSpace(glob)
		if _, err := path.Match(glob, ""); err != nil {
			return nil, fmt.Errorf("UAT_SKIP: invalid pattern %q: %w", glob, err)
		}
		p.skip = append(p.skip, glob)
	}
	for _, dir := range []string{"passed-tests", ".guild"} {
		if err := os.MkdirAll(filepath.Join(workspace, dir), 0o777); err != nil {
			return nil, err
		}
	}
	p.cfg.Env = append(slices.Clone(cfg.Env), p.environment(index)...)
	return p, nil
}

// lookup returns a variable of an environment, in which later entries win.
func lookup(env []string, name string) string {
	for _, kv := range slices.Backward(env) {
		if value, ok := strings.CutPrefix(kv, name+"="); ok {
			return value
		}
	}
	return ""
}

// environment returns the variables that acceptance documents run with.
func (p *Pass) environment(index string) []string {
	or := func(name, fallback string) string {
		if value := lookup(p.cfg.Env, name); value != "" {
			return value
		}
		return fallback
	}
	pkg := or("GUILD_PKG", filepath.Dir(p.cfg.Guild))
	return []string{
		"WORKSPACE=" + p.workspace,
		"GUILD_HOME=" + or("GUILD_HOME", filepath.Join(p.workspace, ".guild")),
		"TEMP=" + os.TempDir(),
		"GUILD_PKG=" + pkg,
		"GUILD_PKGDIR=" + pkg,
		"REQUIREMENTS_PATH=" + or("REQUIREMENTS_PATH", filepath.Join(pkg, "requirements.txt")),
		"INDEX=" + index,
		"COLUMNS=999",
		"LANG=" + or("LANG", "en_US.UTF-8"),
	}
}

// Run runs the documents that have not passed yet and hands each result to report. It stops at the first failure.
func (p *Pass) Run(ctx context.Context, report func(*Result) error) error {
	for _, name := range p.names {
		r := p.document(ctx, name)
		if err := report(r); err != nil {
			return err
		}
		if !r.Success() {
			return nil
		}
	}
	return nil
}

func (p *Pass) document(ctx context.Context, name string) *Result {
	file := filepath.Join(p.dir, name+".md")
	marker := filepath.Join(p.workspace, "passed-tests", strings.ReplaceAll(name, "/", "-"))
	if slices.ContainsFunc(p.skip, func(glob string) bool { ok, _ := path.Match(glob, name); return ok }) { // patterns are valid
		return &Result{Path: file, Outcome: LeftOut, Reason: "as UAT_SKIP says"}
	}
	if _, err := os.Stat(marker); err == nil {
		return &Result{Path: file, Outcome: LeftOut, Reason: "passed before"}
	}
	r := Run(ctx, p.cfg, file)
	if r.Outcome == OK {
		if err := os.WriteFile(marker, nil, 0o666); err != nil {
			return r.broken(err)
		}
	}
	return r
}
