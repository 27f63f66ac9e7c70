package proc

import (
	"os"
	"path/filepath"
	"testing"

	"guild/opdef/userconfig"
	"guild/proc/recipe"
)

// TestSamples: each of three switches turns the recording of system resources off: the option and the operation, which are in the recipe,
// and the user configuration.
func TestSamples(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.yml")
	for _, tt := range []struct {
		recipe recipe.Recipe
		config string
		want   bool
	}{
		{recipe.Recipe{}, "", true},
		{recipe.Recipe{NoSystemMetrics: true}, "", false},
		{recipe.Recipe{}, "system-metrics: no\n", false},
		{recipe.Recipe{}, "system-metrics: yes\n", true},
		{recipe.Recipe{NoSystemMetrics: true}, "system-metrics: yes\n", false},
	} {
		if err := os.WriteFile(file, []byte(tt.config), 0o666); err != nil {
			t.Fatal(err)
		}
		config, err := userconfig.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		if got := samples(&tt.recipe, config); got != tt.want {
			t.Errorf("%+v, %q: %v", tt.recipe, tt.config, got)
		}
	}
}
