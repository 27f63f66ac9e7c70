package web

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

var update = flag.Bool("update", false, "write the bundle of the page's scripts anew")

// TestBundleIsOfTheScripts makes one classic script of the modules in static, which is what pages load, and compares it with the one
// that is embedded. A classic script is also what a page that is opened from disk can load.
func TestBundleIsOfTheScripts(t *testing.T) {
	made := api.Build(api.BuildOptions{EntryPoints: []string{"static/main.js"}, Bundle: true, Format: api.FormatIIFE, Target: api.ES2022,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, Charset: api.CharsetUTF8, LogLevel: api.LogLevelSilent, Outfile: "guild.js"})
	for _, m := range made.Errors {
		t.Fatalf("%v: %s", m.Location, m.Text)
	}
	want := made.OutputFiles[0].Contents
	if *update {
		must(t, os.WriteFile("static/dist/guild.js", want, 0o666))
		return
	}
	got, err := static.ReadFile("static/dist/guild.js")
	must(t, err)
	if !bytes.Equal(got, want) {
		t.Errorf("static/dist/guild.js is not made of the scripts as they are: go test ./sched/web -run TestBundle -update")
	}
}
