package batchplan

import (
	"os"
	"testing"

	"guild/opdef/flagvalue"
	"guild/runs"
)

// TestGuildAISpaces reads a batch of Guild AI, which records no search spaces.
func TestGuildAISpaces(t *testing.T) {
	for ref, space := range map[string]bool{"builtin:guildai 0.9.1 skopt random": true, "builtin:guild '' skopt random": false} {
		r := runs.At(t.TempDir())
		proto := runs.At(r.ProtoPath())
		if err := os.MkdirAll(proto.GuildPath("attrs"), 0o777); err != nil {
			t.Fatal(err)
		}
		for path, text := range map[string]string{r.GuildPath("opref"): ref, proto.GuildPath("attrs", "flags"): "x: '[1:2]'\ny: text\n"} {
			if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		p, err := Read(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, is := p.Values["x"].(flagvalue.SearchSpace); is != space || p.Values["y"] != "text" {
			t.Errorf("%s: %#v", ref, p.Values)
		}
	}
}
