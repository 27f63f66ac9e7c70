package required

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"guild/runs"
	"guild/runs/console"
)

// noRunError is the error that no run of the required operations can be used.
type noRunError struct {
	text string
	cure string
}

func (e *noRunError) Error() string { return e.text }

// Cure returns a sentence that says what the user can do.
func (e *noRunError) Cure() string { return e.cure }

// none returns the error that no run of the operations whose id begins with spec can be used. unusable is the latest run that was
// found but cannot be used, or nil.
func (f *Finder) none(operations []string, spec string, unusable *runs.Run) error {
	names := strings.Join(operations, ",")
	e := &noRunError{text: "no suitable run for " + names}
	switch {
	case spec != "" && f.deleted(spec):
		return console.WithHint(fmt.Errorf("%s: run %s was deleted", e.text, spec),
			fmt.Sprintf("Bring it back with 'guild runs restore %s', or name another run of %s.", spec, names))
	case spec != "" && unusable == nil:
		return console.WithHint(fmt.Errorf("%s: there is no run %s", e.text, spec),
			fmt.Sprintf("See 'guild runs -Fo %s' for those that there are.", runnable(operations)))
	case unusable != nil && unusable.Status().Ended():
		e.cure = fmt.Sprintf("Its latest run failed: see 'guild runs info %s', and run it again first with 'guild run %s'.",
			unusable.ShortID(), runnable(operations))
	case unusable != nil:
		e.cure = fmt.Sprintf("Its run %[1]s is %[2]s: start it first with 'guild run --start %[1]s'.", unusable.ShortID(), unusable.Status())
	default:
		e.cure = fmt.Sprintf("Run it first: 'guild run %s'.", runnable(operations))
	}
	return e
}

// runnable returns the first of the operations that is a name and not a pattern; OPERATION if all are patterns.
func runnable(operations []string) string {
	for _, op := range operations {
		if regexp.QuoteMeta(op) == op || !strings.ContainsAny(op, `*+?|()[]{}^$\`) {
			return op
		}
	}
	return "OPERATION"
}

// deleted reports whether the trash has a run whose id begins with spec.
func (f *Finder) deleted(spec string) bool {
	if f.Store == nil || strings.ContainsRune(spec, filepath.Separator) {
		return false
	}
	trash, err := f.Store.Deleted()
	if err != nil {
		return false
	}
	for _, r := range trash {
		if strings.HasPrefix(r.ID, spec) {
			return true
		}
	}
	return false
}
