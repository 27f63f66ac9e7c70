package proc

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"guild/runs"
	"guild/runs/console"
)

// noRunError says that there is no run to use of those that are required.
type noRunError struct {
	text string
	cure string // what to do about it, a sentence
}

func (e *noRunError) Error() string { return e.text }

// Cure is what to do about an error of a run that could not be started, a sentence; empty where nothing is known but the error.
func Cure(err error) string {
	var none *noRunError
	if errors.As(err, &none) {
		return none.cure
	}
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		return hinted.Hint()
	}
	return ""
}

// none is the error that there is no run of the operations whose id begins with spec. unusable is the latest one that is there and
// cannot be used, or nil.
func (f *runFinder) none(operations []string, spec string, unusable *runs.Run) error {
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

// runnable is the first of the operations that is the name of one, and no expression for several.
func runnable(operations []string) string {
	for _, op := range operations {
		if regexp.QuoteMeta(op) == op || !strings.ContainsAny(op, `*+?|()[]{}^$\`) {
			return op
		}
	}
	return "OPERATION"
}

// deleted tells whether the trash has a run whose id begins with spec.
func (f *runFinder) deleted(spec string) bool {
	if f.store == nil || strings.ContainsRune(spec, filepath.Separator) {
		return false
	}
	trash, err := f.store.Deleted()
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
