package doctest

import (
	"os/exec"
	"runtime"
	"strconv"
)

// host answers the questions that decide what is skipped. Its fields are set by tests.
type host struct {
	os     string // runtime.GOOS
	cpus   int
	getenv func(string) string
	which  func(string) string                  // path of a command, or empty
	output func(name string, arg string) string // what a command prints
}

func (s *session) host() host {
	return host{
		os:     runtime.GOOS,
		cpus:   runtime.NumCPU(),
		getenv: s.getenv,
		which:  s.which,
		output: func(name, arg string) string {
			path := s.which(name)
			if path == "" {
				return ""
			}
			cmd := exec.CommandContext(s.ctx, s.resolve(path), arg)
			cmd.Env, cmd.Dir = s.environ(), s.cwd
			out, _ := cmd.CombinedOutput() // no answer counts as no version
			return string(out)
		},
	}
}

// skips reports whether the options skip a document or an example.
func (h host) skips(o Options) bool {
	return o.is(FixMe, true) ||
		o.is(FixMeCI, true) && h.getenv("GUILD_CI") == "1" ||
		o.is(FixMeWindows, true) && h.os == "windows" ||
		o.is(R, true) && h.which("Rscript") == "" ||
		o.is(Windows, false) && h.os == "windows" ||
		o.is(WindowsOnly, true) && h.os != "windows" ||
		o.is(MacOS, false) && h.os == "darwin" ||
		h.skipsPython(o) || h.skipsTiming(o) || h.skipsGit(o)
}

// skipsPython applies the options for versions of Python: that of the running version overrides PY3.
func (h host) skipsPython(o Options) bool {
	skip := o.is(Python3, false)
	minor := -1
	for name, m := range pythonMinors {
		on, ok := o[name]
		if !ok {
			continue
		}
		if minor < 0 {
			minor = h.pythonMinor()
		}
		if m == minor {
			skip = !on
		}
	}
	return skip
}

var versionNumber = pattern(`(\d+)\.(\d+)`)

// pythonMinor returns N of the python3 3.N on the path, or the newest known N if there is none.
func (h host) pythonMinor() int {
	if m := versionNumber().FindStringSubmatch(h.output("python3", "--version")); m != nil {
		minor, _ := strconv.Atoi(m[2])
		return minor
	}
	newest := 0
	for _, m := range pythonMinors {
		newest = max(newest, m)
	}
	return newest
}

func (h host) skipsTiming(o Options) bool {
	on, ok := o[TimingCritical]
	if !ok {
		return false
	}
	least, err := strconv.Atoi(h.getenv("TIMING_MIN_CPUS"))
	if err != nil {
		least = 4
	}
	return on != (h.cpus >= least)
}

// Git 2.32 is the first whose ls-files reports ignored files of a target directory.
const gitMajor, gitMinor = 2, 32

func (h host) skipsGit(o Options) bool {
	on, ok := o[GitLsFilesTarget]
	if !ok {
		return false
	}
	fits := false
	if m := versionNumber().FindStringSubmatch(h.output("git", "--version")); m != nil {
		major, _ := strconv.Atoi(m[1])
		minor, _ := strconv.Atoi(m[2])
		fits = major > gitMajor || major == gitMajor && minor >= gitMinor
	}
	return on != fits
}
