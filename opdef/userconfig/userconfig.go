// Package userconfig reads the user's configuration file.
package userconfig

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"guild/opdef/hooks"
	"guild/runs/plainfile"
	"guild/runs/pyyaml"
)

// Config is the user's configuration. The zero value is an empty one.
type Config struct {
	Path             string      // file that was read, empty if there is none
	DashboardAddress any         // key dashboard-address: a port, host:port or no
	Python           string      // key python.exe: interpreter of Python operations
	Diff             string      // key diff.command: program that shows differences of two paths
	Hooks            hooks.Hooks // keys on-start, on-end, on-fail and hook-time-limit: of all runs of this user on this host
	NoSystem         bool        // key system-metrics is no: runs do not record their use of system resources
	OneHome          bool        // key legacy.guild-home is pre-0.9: a .guild directory is a Guild home only in the user's home directory
}

// Find returns the configuration file that applies in cwd: the one named by GUILD_CONFIG, else guild-config.yml here, else
// config.yml in the Guild home, else ~/.guild/config.yml; empty if none exists. The first one is the whole configuration.
func Find(cwd, home string, getenv func(string) string) string {
	if path := getenv("GUILD_CONFIG"); path != "" {
		return path
	}
	candidates := []string{filepath.Join(cwd, "guild-config.yml"), filepath.Join(home, "config.yml")}
	if user := getenv("HOME"); user != "" {
		candidates = append(candidates, filepath.Join(user, ".guild", "config.yml"))
	}
	for _, path := range candidates {
		if st, err := os.Stat(path); err == nil && !st.IsDir() {
			return path
		}
	}
	return ""
}

// Load reads a configuration file. An empty path, the null device, or a file that does not exist is an empty configuration.
func Load(path string) (Config, error) {
	if path == "" || path == os.DevNull {
		return Config{}, nil
	}
	data, err := plainfile.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Config{}, nil
	}
	if err != nil {
		return Config{}, fmt.Errorf("read the user configuration: %w", err)
	}
	v, err := pyyaml.Decode(data)
	if err != nil {
		return Config{}, fmt.Errorf("user configuration %s: %w", path, err)
	}
	m, ok := v.(map[string]any)
	if !ok && v != nil {
		return Config{}, fmt.Errorf("user configuration %s: it must be a map of settings, such as dashboard-address: 8787", path)
	}
	c := Config{Path: path, DashboardAddress: m["dashboard-address"]}
	if python, ok := m["python"].(map[string]any); ok {
		c.Python, _ = python["exe"].(string)
	}
	if diff, ok := m["diff"].(map[string]any); ok {
		c.Diff, _ = diff["command"].(string)
	}
	if c.Hooks, err = hooks.Read(m); err != nil {
		return Config{}, fmt.Errorf("user configuration %s: %w", path, err)
	}
	if v, given := m["system-metrics"]; given {
		on, ok := v.(bool)
		if !ok {
			return Config{}, fmt.Errorf("user configuration %s: system-metrics is yes or no", path)
		}
		c.NoSystem = !on
	}
	if legacy, ok := m["legacy"].(map[string]any); ok && legacy["guild-home"] != nil {
		if c.OneHome = legacy["guild-home"] == "pre-0.9"; !c.OneHome {
			return Config{}, fmt.Errorf("user configuration %s: guild-home below legacy can be pre-0.9 only; leave it out for homes of directories", path)
		}
	}
	return c, nil
}
