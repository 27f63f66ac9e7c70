// Package runoption is the table of the options of `guild run`. Steps of operations are written with them, as words and as
// attributes in guild.yml. A test of the program compares the table with the grammar of the command.
package runoption

import "strings"

// Option is an option of `guild run`.
type Option struct {
	Name       string   // long name without dashes
	Short      string   // short name with its dash; empty: none
	Aliases    []string // other long names, without dashes
	TakesValue bool     // the next word is its value

	// Attribute is the name of the step attribute for the option; empty: there is none.
	Attribute string
	// NotInStep marks an option that says where or when a run is started. The pipeline decides that, so it is ignored in a step.
	NotInStep bool
	// Absent says of an option of Guild AI why this program refuses it. Steps of existing projects may have it; there an empty value is
	// as good as none.
	Absent string
}

const noRemotes = "there are no remotes: start a scheduler on each machine that shares the runs root, and stage the run"

// All returns the options in alphabetical order of their names.
func All() []Option {
	return []Option{
		{Name: "after", TakesValue: true, NotInStep: true},
		{Name: "background", Short: "-b", NotInStep: true},
		{Name: "batch-comment", Short: "-bc", TakesValue: true},
		{Name: "batch-label", Short: "-bl", TakesValue: true},
		{Name: "batch-tag", Short: "-bt", TakesValue: true, Attribute: "batch-tag"},
		{Name: "break", TakesValue: true},
		{Name: "break-on-error"},
		{Name: "comment", Short: "-c", TakesValue: true},
		{Name: "csv-safe"},
		{Name: "debug-sourcecode", TakesValue: true},
		{Name: "dep", Short: "-D", TakesValue: true},
		{Name: "edit-batch-comment", Short: "-ebc"},
		{Name: "edit-comment", Short: "-ec"},
		{Name: "edit-flags", Short: "-e"},
		{Name: "fail-on-trial-error", Attribute: "fail-on-trial-error"},
		{Name: "force-deps"},
		{Name: "force-flags", Short: "-f", Attribute: "force-flags"},
		{Name: "force-sourcecode"},
		{Name: "freeze", TakesValue: true, NotInStep: true},
		{Name: "gpu-count", TakesValue: true},
		{Name: "gpus", TakesValue: true, Attribute: "gpus"},
		{Name: "help-model"},
		{Name: "help-op"},
		{Name: "hold"},
		{Name: "hook-time-limit", TakesValue: true, Attribute: "hook-time-limit"},
		{Name: "keep-batch"},
		{Name: "keep-run"},
		{Name: "label", Short: "-l", TakesValue: true, Attribute: "label"},
		{Name: "max-trials", Short: "-m", Aliases: []string{"trials"}, TakesValue: true, Attribute: "max-trials"},
		{Name: "maximize", Short: "-X", TakesValue: true, Attribute: "maximize"},
		{Name: "minimize", Short: "-N", TakesValue: true, Attribute: "minimize"},
		{Name: "needed", Attribute: "needed"},
		{Name: "no-gpus", Attribute: "no-gpus"},
		{Name: "no-system-metrics", Attribute: "no-system-metrics"},
		{Name: "on-end", TakesValue: true, Attribute: "on-end"},
		{Name: "on-fail", TakesValue: true, Attribute: "on-fail"},
		{Name: "on-start", TakesValue: true, Attribute: "on-start"},
		{Name: "opt-flag", Short: "-Fo", TakesValue: true, Attribute: "opt-flags"},
		{Name: "optimize", Short: "-O", Attribute: "optimize"},
		{Name: "optimizer", Short: "-o", TakesValue: true, Attribute: "optimizer"},
		{Name: "pidfile", TakesValue: true, NotInStep: true},
		{Name: "plain-lines", NotInStep: true},
		{Name: "print-cmd"},
		{Name: "print-env"},
		{Name: "print-trials"},
		{Name: "priority", TakesValue: true, NotInStep: true},
		{Name: "proto", TakesValue: true, NotInStep: true},
		{Name: "quiet", Short: "-q"},
		{Name: "random-seed", TakesValue: true, Attribute: "random-seed"},
		{Name: "remote", Short: "-r", TakesValue: true, Attribute: "remote", Absent: noRemotes},
		{Name: "replace"},
		{Name: "restore-env", TakesValue: true, NotInStep: true},
		{Name: "restart", TakesValue: true, NotInStep: true},
		{Name: "retries", TakesValue: true, NotInStep: true},
		{Name: "run-dir", Short: "-d", TakesValue: true, NotInStep: true},
		{Name: "run-id", TakesValue: true, NotInStep: true},
		{Name: "save-trials", TakesValue: true},
		{Name: "stage", NotInStep: true},
		{Name: "stage-trials", Attribute: "stage-trials"},
		{Name: "start", TakesValue: true, NotInStep: true},
		{Name: "stop-after", Aliases: []string{"time-limit"}, TakesValue: true, Attribute: "stop-after"},
		{Name: "tag", Short: "-t", TakesValue: true, Attribute: "tag"},
		{Name: "test-flags"},
		{Name: "test-output-attrs", TakesValue: true},
		{Name: "test-output-scalars", TakesValue: true},
		{Name: "test-sourcecode"},
		{Name: "thawed", NotInStep: true},
		{Name: "workers", TakesValue: true, Attribute: "workers"},
		{Name: "yes", Short: "-y"},
	}
}

// Long returns the long name with its dashes.
func (o Option) Long() string { return "--" + o.Name }

// Find returns the option that a word of a command line is, in any spelling: -l, --label or --label=TEXT. whole reports whether the
// word includes the value, if there is one, so that the next word is not the value; it is also right for bundles of short options, for
// which ok is false.
func Find(word string) (o Option, whole, ok bool) {
	spelling, _, inline := strings.Cut(word, "=")
	if !strings.HasPrefix(word, "--") {
		spelling, inline = word, false
	}
	for _, o := range All() {
		if o.isSpelt(spelling) {
			return o, inline || !o.TakesValue, true
		}
	}
	return Option{}, !endsOpen(word), false
}

// endsOpen reports whether a bundle of short options, such as -yl, ends with an option whose value is the next word.
func endsOpen(word string) bool {
	for i := 1; i < len(word); i++ {
		o, whole, ok := Option{}, true, false
		if len(word) > 2 && word[0] == '-' {
			o, whole, ok = Find("-" + word[i:i+1])
		}
		if !ok || o.TakesValue {
			return ok && !whole && i == len(word)-1
		}
	}
	return false
}

func (o Option) isSpelt(spelling string) bool {
	if spelling == o.Long() || o.Short != "" && spelling == o.Short {
		return true
	}
	for _, a := range o.Aliases {
		if spelling == "--"+a {
			return true
		}
	}
	return false
}

// ForAttribute returns the option for a step attribute.
func ForAttribute(name string) (Option, bool) {
	for _, o := range All() {
		if name != "" && o.Attribute == name {
			return o, true
		}
	}
	return Option{}, false
}
