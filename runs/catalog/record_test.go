package catalog

import (
	"bytes"
	"testing"
)

// firstOf returns what find must return, by a linear search.
func firstOf(d record, name []byte) (entry, bool) {
	for e := range d.all() {
		if bytes.Equal(e.name, name) {
			return e, true
		}
	}
	return entry{}, false
}

// FuzzRecord reads arbitrary data from an index.
func FuzzRecord(f *testing.F) {
	w := recordWriter{guild: 1, attrs: 2}
	w.add(kindFile, "opref", 0, []byte("guildfile:/p/guild.yml '' '' train"))
	w.add(kindWatched, attrsPrefix+"label", 3, []byte("first"))
	w.add(kindFile, attrsPrefix+"exit_status", 0, []byte("0"))
	f.Add([]byte(w.record(4)))
	f.Fuzz(func(t *testing.T, data []byte) {
		d := record(data)
		var again recordWriter
		for e := range d.all() {
			again.add(e.kind, string(e.name), e.stamp, e.content)
		}
		if !d.valid() {
			if len(again.tags) > 0 {
				t.Error("it has entries and is not valid")
			}
			return
		}
		again.guild, again.attrs = d.stamps()
		copied := again.record(d.started())
		for e := range copied.all() {
			got, ok := copied.find("", string(e.name))
			want, wantOK := firstOf(d, e.name)
			if ok != wantOK || got.stamp != want.stamp || !bytes.Equal(got.content, want.content) {
				t.Errorf("%q: %v, then %v", e.name, want, got)
			}
		}
	})
}
