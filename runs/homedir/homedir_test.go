package homedir

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFind(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"venv/.guild", "conda", "user/p/.guild", "user/p/run/.guild/attrs", "user/q/sub", "other/.guild", "other/me/sub"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name, cwd string
		env       map[string]string
		want      string
	}{
		{"variable", "/x", map[string]string{"GUILD_HOME": "/a/../b"}, "/b"},
		{"relative variable", "/x", map[string]string{"GUILD_HOME": "b"}, "/x/b"},
		{"virtual environment", root + "/user/p", map[string]string{"VIRTUAL_ENV": root + "/venv"}, root + "/venv/.guild"},
		{"environment without one", root + "/user/p", map[string]string{"CONDA_PREFIX": root + "/conda"}, root + "/user/p/.guild"},
		{"here", root + "/user/p", nil, root + "/user/p/.guild"},
		{"above, not that of a run", root + "/user/p/run", nil, root + "/user/p/.guild"},
		{"none", root + "/user/q/sub", nil, root + "/user/.guild"},
		{"above the user's home", root + "/other/me/sub", map[string]string{"HOME": root + "/other/me"}, root + "/other/me/.guild"},
	} {
		home := Find(tt.cwd, func(name string) string {
			if v, ok := tt.env[name]; ok {
				return v
			}
			if name == "HOME" {
				return root + "/user"
			}
			return ""
		})
		if home != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, home, tt.want)
		}
	}
}
