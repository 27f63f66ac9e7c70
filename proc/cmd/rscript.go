package cmd

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"guild/opdef/flagvalue"
	"guild/opdef/program"
)

// RScript runs an R script with other values of its constants, for `guild sys r-script VALUES FILE` in a run directory. The script is
// changed in the run directory; one outside of it, which runs without a copy of the source code, is copied there first.
type RScript struct {
	Values string `arg:""`
	File   string `arg:""`
}

// Run replaces this process by Rscript.
func (r *RScript) Run() error {
	var vals map[string]any
	if err := json.Unmarshal([]byte(r.Values), &vals); err != nil {
		return fmt.Errorf("values of the flags: %w", err)
	}
	for name, v := range vals {
		if f, ok := v.(float64); ok && f == float64(int(f)) {
			vals[name] = int(f)
		}
	}
	source, err := os.ReadFile(r.File)
	if err != nil {
		return fmt.Errorf("read the script: %w", err)
	}
	changed, err := program.SetRConstants(string(source), vals)
	if err != nil {
		return fmt.Errorf("set the flags of %s: %w", r.File, err)
	}
	file := r.File
	if filepath.IsAbs(file) {
		file = filepath.Base(file)
	}
	if file != r.File || changed != string(source) {
		if err := os.WriteFile(file, []byte(changed), 0o666); err != nil {
			return fmt.Errorf("set the flags of %s: %w", r.File, err)
		}
	}
	exe, err := exec.LookPath("Rscript")
	if err != nil {
		return fmt.Errorf("%s cannot be run: there is no program Rscript; install R", r.File)
	}
	call := "source(" + flagvalue.EncodeJSON(file) + ", echo = TRUE, spaced = FALSE, keep.source = TRUE, max.deparse.length = Inf)"
	if err := syscall.Exec(exe, []string{exe, "-e", call}, os.Environ()); err != nil {
		return fmt.Errorf("start Rscript: %w", err)
	}
	return nil
}
