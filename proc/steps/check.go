package steps

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"guild/opdef/steps"
	"guild/runs"
	"guild/runs/plainfile"
)

// exitCheckFailed is the exit status if the run of a step does not pass its checks.
const exitCheckFailed = 3

// maxChecked is the size of the largest file that can be checked, in bytes. Files are read as a whole.
const maxChecked = 1 << 30

// check runs the checks of a step on its run.
func (s *Steps) check(step *step) error {
	if len(step.Checks) == 0 {
		return nil
	}
	r, err := s.Store.Get(step.id)
	if err != nil {
		return fmt.Errorf("check step %s: %w", step.Name, err)
	}
	passed := 0
	for _, c := range step.Checks {
		if err := s.checkOne(c, r); err != nil {
			s.log("ERROR", "check failed: %v", err)
			continue
		}
		passed++
	}
	s.log("INFO", "%d of %d checks passed", passed, len(step.Checks))
	if passed < len(step.Checks) {
		return Failed{Exit: exitCheckFailed, Reason: "stopping because a check failed - see above for details"}
	}
	return nil
}

// checkOne runs one check on a run: on its output, or on the files that a pattern matches.
func (s *Steps) checkOne(c steps.Check, r *runs.Run) error {
	if c.File == "" {
		s.log("INFO", "checking run %s output for '%s'", r.ID, c.Pattern)
		data, err := plainfile.ReadUpTo(r.GuildPath("output"), maxChecked)
		if err != nil {
			return fmt.Errorf("cannot read the output of run %s: %w", r.ID, err)
		}
		if c.Contains != nil && !c.Contains.Match(data) {
			return fmt.Errorf("could not find pattern '%s' in run %s output", c.Pattern, r.ID)
		}
		return nil
	}
	s.log("INFO", "checking run %s files '%s'", r.ID, c.File)
	found, err := filepath.Glob(r.Path(c.File))
	if err != nil {
		return fmt.Errorf("'%s' is no pattern of files: %w", c.File, err)
	}
	if len(found) == 0 {
		return fmt.Errorf("no files matching %s in run %s", c.File, r.ID)
	}
	for _, path := range found {
		if err := s.checkFile(c, r, path); err != nil {
			return err
		}
	}
	return nil
}

// checkFile runs one check on a file of a run.
func (s *Steps) checkFile(c steps.Check, r *runs.Run, path string) error {
	if c.CompareTo == "" && c.Contains == nil {
		return nil
	}
	rel, _ := filepath.Rel(r.Dir, path) // path is below r.Dir
	data, err := plainfile.ReadUpTo(path, maxChecked)
	if err != nil {
		return fmt.Errorf("cannot read file %s of run %s: %w", rel, r.ID, err)
	}
	if c.CompareTo != "" {
		other := os.ExpandEnv(c.CompareTo)
		if !filepath.IsAbs(other) {
			other = r.Path(other)
		}
		s.log("INFO", "comparing run %s file %s to %s", r.ID, rel, other)
		want, err := plainfile.ReadUpTo(other, maxChecked)
		if err != nil {
			return fmt.Errorf("cannot read the file to compare to: %w", err)
		}
		if line := differ(data, want); line > 0 {
			return fmt.Errorf("file %s of run %s differs from %s in line %d", rel, r.ID, other, line)
		}
	}
	if c.Contains != nil {
		s.log("INFO", "checking run %s file %s for '%s'", r.ID, rel, c.Pattern)
		if !c.Contains.Match(data) {
			return fmt.Errorf("could not find pattern '%s' in run %s file %s", c.Pattern, r.ID, rel)
		}
	}
	return nil
}

// differ returns the number of the first line in which two files differ, or zero if they are equal. LF and CR LF are the same.
func differ(a, b []byte) int {
	a, b = bytes.ReplaceAll(a, []byte("\r\n"), []byte("\n")), bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	if bytes.Equal(a, b) {
		return 0
	}
	line := 1
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			break
		}
		if a[i] == '\n' {
			line++
		}
	}
	return line
}
