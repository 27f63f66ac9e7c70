package web

import (
	"os"
	"path/filepath"
	"testing"
)

func TestNameOfZone(t *testing.T) {
	dir := t.TempDir()
	zone := filepath.Join(dir, "zoneinfo", "Asia", "Tokyo")
	must(t, os.MkdirAll(filepath.Dir(zone), 0o777))
	must(t, os.WriteFile(zone, nil, 0o666))
	link, file, none := filepath.Join(dir, "localtime"), filepath.Join(dir, "timezone"), filepath.Join(dir, "none")
	must(t, os.Symlink(zone, link))
	must(t, os.WriteFile(file, []byte("Europe/Rome\n"), 0o666))
	for _, tt := range []struct{ variable, link, file, want string }{
		{"America/New_York", link, file, "America/New_York"},
		{":Europe/Paris", link, file, "Europe/Paris"},
		{"", link, file, "Asia/Tokyo"},
		{"", none, file, "Europe/Rome"},
	} {
		if got := nameOfZone(tt.variable, tt.link, tt.file); got != tt.want {
			t.Errorf("%q, %s, %s: %q, want %q", tt.variable, tt.link, tt.file, got, tt.want)
		}
	}
	if got := nameOfZone("Nowhere/Land", none, none); got == "Nowhere/Land" || got == "" || got == "Local" {
		t.Errorf("a zone that is none: %q", got)
	}
}
