package build

import (
	"runtime/debug"
	"testing"
)

func TestRead(t *testing.T) {
	const hash = "c96bc2c1d1f4aa0102030405060708090a0b0c0d"
	for _, c := range []struct {
		name     string
		settings []debug.BuildSetting
		want     string
	}{
		{"no version control", nil, "1.2.3"},
		{"clean", []debug.BuildSetting{{Key: "vcs.revision", Value: hash}, {Key: "vcs.time", Value: "2026-11-30T03:39:00Z"},
			{Key: "vcs.modified", Value: "false"}}, "1.2.3 (c96bc2c1d1f4 2026-11-30)"},
		{"changed", []debug.BuildSetting{{Key: "vcs.revision", Value: hash}, {Key: "vcs.time", Value: "2026-11-30T03:39:00Z"},
			{Key: "vcs.modified", Value: "true"}}, "1.2.3 (c96bc2c1d1f4 2026-11-30, modified)"},
		{"short hash, no date", []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}}, "1.2.3 (abc)"},
	} {
		if got := read("1.2.3", &debug.BuildInfo{Settings: c.settings}).String(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
