package doctest

import (
	"testing"
)

func TestSkips(t *testing.T) {
	base := host{os: "linux", cpus: 4}
	tests := []struct {
		name, options string
		change        func(*host)
		skips         bool
	}{
		{"nothing said", "", nil, false},
		{"fixme", "+FIXME", nil, true},
		{"fixme off", "-FIXME", nil, false},
		{"fixme ci elsewhere", "+FIXME_CI", nil, false},
		{"fixme ci", "+FIXME_CI", func(h *host) { h.getenv = func(name string) string { return map[string]string{"GUILD_CI": "1"}[name] } }, true},
		{"fixme windows elsewhere", "+FIXME_WINDOWS", nil, false},
		{"fixme windows", "+FIXME_WINDOWS", func(h *host) { h.os = "windows" }, true},
		{"not on windows", "-WINDOWS", nil, false},
		{"not on windows, there", "-WINDOWS", func(h *host) { h.os = "windows" }, true},
		{"windows skips nothing", "+WINDOWS", nil, false},
		{"windows only", "+WINDOWS_ONLY", nil, true},
		{"windows only, there", "+WINDOWS_ONLY", func(h *host) { h.os = "windows" }, false},
		{"not on macos", "-MACOS", nil, false},
		{"not on macos, there", "-MACOS", func(h *host) { h.os = "darwin" }, true},
		{"macos skips nothing", "+MACOS", nil, false},
		{"no R", "+R", nil, true},
		{"R", "+R", func(h *host) { h.which = func(string) string { return "/bin/Rscript" } }, false},
		{"no python 3", "-PY3", nil, true},
		{"python 3", "+PY3", nil, false},
		{"this version off", "-PY39", nil, true},
		{"other version off", "-PY38", nil, false},
		{"this version on", "-PY3 +PY39", nil, false},
		{"other version on", "-PY3 +PY38", nil, true},
		{"no python is the newest", "-PY311", func(h *host) { h.output = func(string, string) string { return "" } }, true},
		{"old versions", "-PY2 -PY2_MACOS -PY35 -PY36", nil, false},
		{"timing", "+TIMING_CRITICAL", nil, false},
		{"timing on a slow machine", "+TIMING_CRITICAL", func(h *host) { h.cpus = 3 }, true},
		{"timing only on a slow machine", "-TIMING_CRITICAL", nil, true},
		{"timing with a limit", "+TIMING_CRITICAL", func(h *host) {
			h.cpus = 2
			h.getenv = func(name string) string { return map[string]string{"TIMING_MIN_CPUS": "2"}[name] }
		}, false},
		{"new git", "+GIT_LS_FILES_TARGET", nil, false},
		{"new git unwanted", "-GIT_LS_FILES_TARGET", nil, true},
		{"old git", "+GIT_LS_FILES_TARGET", func(h *host) { h.output = func(string, string) string { return "git version 2.31.9" } }, true},
		{"no git", "+GIT_LS_FILES_TARGET", func(h *host) { h.output = func(string, string) string { return "" } }, true},
		{"strange git", "+GIT_LS_FILES_TARGET", func(h *host) { h.output = func(string, string) string { return "git version 3.0" } }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := base
			h.getenv = func(string) string { return "" }
			h.which = func(string) string { return "" }
			h.output = func(name, _ string) string {
				return map[string]string{"python3": "Python 3.9.1", "git": "git version 2.32.0"}[name]
			}
			if tt.change != nil {
				tt.change(&h)
			}
			o, err := parseOptions(tt.options)
			if err != nil {
				t.Fatal(err)
			}
			if h.skips(o) != tt.skips {
				t.Errorf("%s skips: %v", tt.options, !tt.skips)
			}
		})
	}
}

// TestHostAsksCommands checks that versions come from the commands on the path of the document.
func TestHostAsksCommands(t *testing.T) {
	s := newTestSession(t)
	bin := t.TempDir()
	s.env["PATH"] = bin + ":/bin:/usr/bin"
	script(t, bin, "python3", `echo "Python 3.8.7"`)
	if got := s.host().pythonMinor(); got != 8 {
		t.Errorf("got Python 3.%d, want 3.8", got)
	}
	s.env["PATH"] = t.TempDir()
	if got := s.host().pythonMinor(); got != 11 {
		t.Errorf("got Python 3.%d without one, want 3.11", got)
	}
}

func TestSkippedExamples(t *testing.T) {
	r := runText(t, testConfig(t), ">>> 1  # doctest: +SKIP", "2", "", ">>> 1  # doctest: +WINDOWS_ONLY", "2", "", ">>> 1", "1")
	expectOK(t, r)
	if r.Attempted != 1 {
		t.Errorf("%d examples ran, want 1", r.Attempted)
	}
}

func TestSkippedDocument(t *testing.T) {
	doc := []string{"---", "doctest: +FIXME", "---", ">>> 1", "2"}
	cfg := testConfig(t)
	if r := runText(t, cfg, doc...); r.Outcome != Skipped {
		t.Errorf("got outcome %d, want skipped", r.Outcome)
	}
	cfg.Force = true
	if r := runText(t, cfg, doc...); r.Outcome != Failed {
		t.Errorf("got outcome %d with force, want failed", r.Outcome)
	}
	cfg.Force = false
	cfg.Env = append(cfg.Env, "FORCE_TEST=1")
	if r := runText(t, cfg, doc...); r.Outcome != Failed {
		t.Errorf("got outcome %d with FORCE_TEST, want failed", r.Outcome)
	}
}

// TestFileOptionsAreNoDefaults checks that options of a file do not reach its examples.
func TestFileOptionsAreNoDefaults(t *testing.T) {
	expectOK(t, runText(t, testConfig(t), "---", "doctest: -ELLIPSIS +STRICT", "---", ">>> 'abc'", "'a...c'"))
}
