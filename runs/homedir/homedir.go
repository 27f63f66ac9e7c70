// Package homedir finds the Guild home that a command works in.
package homedir

import (
	"os"
	"path/filepath"
)

// Find returns the Guild home for the directory cwd if the command line names none: GUILD_HOME, then a .guild directory in the active
// virtual environment, then one in cwd or a parent up to the user's home, otherwise ~/.guild. getenv reads the environment.
func Find(cwd string, getenv func(string) string) string {
	if home := getenv("GUILD_HOME"); home != "" {
		return absolute(cwd, home)
	}
	for _, name := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if env := getenv(name); env != "" && isDir(filepath.Join(env, guildDir)) {
			return filepath.Join(env, guildDir)
		}
	}
	user := getenv("HOME")
	for dir := cwd; ; dir = filepath.Dir(dir) {
		// A run directory has a .guild too, which is not a home.
		if d := filepath.Join(dir, guildDir); isDir(d) && !isDir(filepath.Join(d, "attrs")) {
			return d
		}
		if dir == user || dir == filepath.Dir(dir) {
			break
		}
	}
	if user == "" {
		user = cwd
	}
	return filepath.Join(user, guildDir)
}

func absolute(cwd, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(cwd, path)
}

const guildDir = ".guild"

func isDir(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.IsDir()
}
