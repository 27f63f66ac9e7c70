package web

import (
	"bytes"
	"flag"
	"os"
	"path"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

var update = flag.Bool("update", false, "write the bundles of the pages anew")

// TestBundleIsOfTheSources builds what pages load from the files in static, and compares it with the embedded files: one classic script of
// the modules, which a page opened from disk can load too, one style sheet, the script that sets the theme before anything is drawn, and
// the script that responds in place of a server in reports.
func TestBundleIsOfTheSources(t *testing.T) {
	for source, made := range map[string]string{"main.js": "guild.js", "main.css": "guild.css", "theme.js": "theme.js", "report.js": "report.js"} {
		options := api.BuildOptions{EntryPoints: []string{"static/" + source}, Bundle: true, Target: api.ES2022, Charset: api.CharsetUTF8,
			MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, LogLevel: api.LogLevelSilent, Outfile: made}
		if path.Ext(source) == ".js" {
			options.Format = api.FormatIIFE
		}
		result := api.Build(options)
		for _, m := range append(result.Errors, result.Warnings...) {
			t.Fatalf("%v: %s", m.Location, m.Text)
		}
		want, name := result.OutputFiles[0].Contents, "static/dist/"+made
		if *update {
			must(t, os.WriteFile(name, want, 0o666))
			continue
		}
		got, err := static.ReadFile(name)
		must(t, err)
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not made of its sources as they are: go test ./sched/web -run TestBundle -update", name)
		}
	}
}
