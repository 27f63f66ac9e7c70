package python_test

import (
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef/python"
)

// with returns an interpreter that has the module; it skips the test if there is none.
func with(t *testing.T, module string) string {
	t.Helper()
	for _, exe := range []string{interpreter(t), "/usr/bin/python3"} {
		if exec.Command(exe, "-c", "import "+module).Run() == nil {
			return exe
		}
	}
	t.Skipf("no interpreter has %s; on Debian, apt-get install python3-%[1]s", module)
	return ""
}

// TestReadLibraries reads the flags of scripts that use the libraries themselves.
func TestReadLibraries(t *testing.T) {
	both := []any{true, false}
	for _, tt := range []struct {
		module, text string
		args         []string
		want         python.Detection
	}{
		{"typer", `
import typer
def main(lr: float = 0.1, name: str = "007", fast: bool = False, deep: bool = True): open("ran", "w")
typer.run(main)
`, nil, python.Detection{Dest: "args", Flags: []python.Flag{
			{Name: "lr", Type: "float", Default: 0.1}, {Name: "name", Type: "string", Default: "007"},
			{Name: "fast", Type: "boolean", Default: false, ArgSwitch: true},
			{Name: "deep", Type: "boolean", Default: true, ArgName: "--no-deep", ArgSwitch: false}}}},
		{"typer", `
import typer
app = typer.Typer()
@app.command()
def train(lr: float = typer.Option(..., help="rate")): open("ran", "w")
@app.command()
def test(): pass
app()
`, []string{"train"}, python.Detection{Dest: "args", Flags: []python.Flag{{Name: "lr", Type: "float", Required: true, Description: "rate"}}}},
		{"fire", `
import fire
class App:
    def train(self, data, lr=0.1, name="a", fast=False, layers=[1], count="5"): open("ran", "w")
if __name__ == "__main__":
    fire.Fire(App)
`, []string{"train"}, python.Detection{Dest: "args", Flags: []python.Flag{
			{Name: "data", Required: true, ArgEncoding: truths()}, {Name: "lr", Default: 0.1, ArgEncoding: truths()},
			{Name: "name", Default: "a", ArgEncoding: truths()},
			{Name: "fast", Type: "boolean", Default: false, ArgEncoding: truths()},
			{Name: "layers", ArgEncoding: truths()}, {Name: "count", ArgEncoding: truths()}}}},
		{"configargparse", `
import configargparse
p = configargparse.ArgParser()
p.add("-c", "--config", is_config_file=True)
p.add("--lr", type=float, default=0.1)
p.add("--on", action="store_true")
p.parse_args()
`, nil, python.Detection{Dest: "args", Flags: []python.Flag{{Name: "config", Text: true}, {Name: "lr", Type: "float", Default: 0.1},
			{Name: "on", Default: false, Choices: both, ArgSwitch: true}}}},
	} {
		t.Run(tt.module, func(t *testing.T) {
			s := script(t, tt.text)
			s.Args = tt.args
			got, err := python.Reader{Exe: with(t, tt.module)}.Flags(t.Context(), s)
			for i := range got.Flags {
				if tt.module == "configargparse" {
					got.Flags[i].Description = ""
				}
			}
			if d := cmp.Diff(tt.want, got); d != "" || err != nil {
				t.Errorf("%v %s", err, d)
			}
		})
	}
}

func truths() map[string]string { return map[string]string{"yes": "True", "no": "False"} }

// TestReadConfigFile finds the config file that a script reads, without the libraries.
func TestReadConfigFile(t *testing.T) {
	r := python.Reader{Exe: interpreter(t)}
	for text, want := range map[string]string{
		"import hydra\n@hydra.main(config_path='conf', config_name='config')\ndef main(cfg): pass\nmain()\n":                       "config:conf/config.yaml",
		"from hydra import main\n@main(version_base=None, config_path='conf', config_name='config.yaml')\ndef f(cfg): pass\nf()\n": "config:conf/config.yaml",
		"import hydra\n@hydra.main('conf', 'none')\ndef main(cfg): pass\n":                                                         "globals",
		"from omegaconf import OmegaConf\nx = 1\ncfg = OmegaConf.load('conf/config.yaml')\n":                                       "config:conf/config.yaml",
		"from omegaconf import OmegaConf\ncfg = OmegaConf.load(__file__ + 'x')\n":                                                  "globals",
		"import argparse\nfrom omegaconf import OmegaConf\nOmegaConf.load('conf/config.yaml')\n":                                   "args",
	} {
		s := script(t, text)
		write(t, s.Dir+"/conf/config.yaml", "a: 1\n")
		if got, err := r.Interface(t.Context(), s); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", text, got, err, want)
		}
	}
}
