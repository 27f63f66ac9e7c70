// Package publish writes reports of runs for people without access to the runs: for each run a directory with its data as files, its source
// code, any other requested files, and pages that a template makes from these; and an index of the reports.
//
//	README.md  .guild-nocopy
//	<id>/README.md  run.yml  flags.yml  scalars.csv  output.txt  runfiles.csv  sourcecode.csv  runfiles/...  sourcecode/...
package publish

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"guild/runs"
	"guild/runs/archive"
	"guild/runs/csvsafe"
	"guild/runs/made"
	"guild/runs/plainfile"
	"guild/runs/pyyaml"
	"guild/runs/replace"
	"guild/runs/runjson"
	"guild/runs/scalars"
	"guild/runs/values"
)

// Report describes the report of a run.
type Report struct {
	Run      *runs.Run
	Command  string // command of the run, as a line for a shell
	Files    []File // of the run, without guild's own, in the order of the list
	Template *Template
	NoMD5    bool // leave out digests of files
	CSVSafe  bool // see package csvsafe
}

// Write writes the report to the directory ID below dir and replaces an earlier one, as a whole or not at all.
func (p *Report) Write(ctx context.Context, dir string) error {
	if err := p.write(ctx, dir); err != nil {
		return fmt.Errorf("publish run %s: %w", p.Run.ShortID(), err)
	}
	return nil
}

func (p *Report) write(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	if err := archive.MarkNoCopy(dir); err != nil {
		return err
	}
	set, err := replace.Begin(dir, dir)
	if err != nil {
		return err
	}
	defer set.Discard()
	to := filepath.Join(set.Dir(), p.Run.ID)
	if err := os.Mkdir(to, 0o777); err != nil {
		return err
	}
	if err := p.fill(ctx, to); err != nil {
		return err
	}
	record, err := made.In(dir)
	if err == nil {
		err = record.Prepare(set.Dir(), p.Run.ID)
	}
	if err != nil {
		return err
	}
	set.Put(p.Run.ID)
	set.Put(record.Name())
	return set.Commit()
}

// Check returns an error if publishing reports of runs, by their ids, and the index to a directory would replace files that guild did not
// write, or that were changed since. If replace is set, it only returns an error for directories that are not reports.
func Check(dir string, ids []string, replace bool) error {
	record, err := made.In(dir)
	if err != nil {
		return err
	}
	ours := []string{mainPage}
	for _, id := range ids {
		to := filepath.Join(dir, id)
		if _, err := os.Lstat(to); err != nil {
			continue
		}
		if st, err := os.Lstat(filepath.Join(to, runFile)); err != nil || !st.Mode().IsRegular() {
			return fmt.Errorf("%s is there and is no report: move it away, or publish to another directory", to)
		}
		names, err := record.Below(id)
		if err != nil {
			return err
		}
		ours = append(ours, names...)
	}
	if replace {
		return nil
	}
	foreign, err := record.Foreign(ours...)
	if err != nil {
		return err
	}
	return made.Refusal(dir, foreign)
}

func (p *Report) fill(ctx context.Context, dir string) error {
	data := map[string]any{}
	var err error
	if data["run"], err = p.writeRun(dir); err != nil {
		return err
	}
	if data["flags"], err = p.writeFlags(dir); err != nil {
		return err
	}
	if data["scalars"], err = p.writeScalars(dir); err != nil {
		return err
	}
	if data["output"], err = p.writeOutput(dir); err != nil {
		return err
	}
	if err := p.writeFiles(ctx, dir, data); err != nil {
		return err
	}
	return p.Template.write(dir, data)
}

// runFile exists in every report, and identifies it.
const runFile = "run.yml"

// writeRun writes the data of the run, and returns them by name.
func (p *Report) writeRun(dir string) (map[string]any, error) {
	s := runjson.Of(p.Run, p.Run.State())
	marked := "no"
	if s.Marked {
		marked = "yes"
	}
	var exit any
	if s.ExitStatus != nil {
		exit = *s.ExitStatus
	}
	started, startedEpoch := moment(s.Started)
	stopped, stoppedEpoch := moment(s.Stopped)
	took := ""
	if s.Started != nil && s.Stopped != nil {
		took = values.Duration(time.Duration(max(0, *s.Stopped-*s.Started)) * time.Microsecond).String()
	}
	facts := map[string]any{}
	var text []byte
	for _, fact := range []struct {
		name  string
		value any
	}{
		{"id", s.ID}, {"operation", s.Operation}, {"status", string(s.Status)}, {"started", started}, {"started_epoch", startedEpoch},
		{"stopped", stopped}, {"stopped_epoch", stoppedEpoch}, {"time", took}, {"marked", marked}, {"label", s.Label},
		{"command", p.Command}, {"exit_status", exit},
	} {
		line, err := pyyaml.EncodeForPeople(map[string]any{fact.name: fact.value})
		if err != nil {
			return nil, err
		}
		text = append(text, line...)
		if fact.value == nil {
			fact.value = ""
		}
		facts[fact.name] = fact.value
	}
	return facts, os.WriteFile(filepath.Join(dir, runFile), text, 0o666)
}

// moment returns a time as text and as number.
func moment(micros *int64) (text string, epoch any) {
	if micros == nil {
		return "", nil
	}
	return utcDate(*micros), int(*micros)
}

func (p *Report) writeFlags(dir string) (map[string]any, error) {
	flags := p.Run.Flags()
	if flags == nil {
		flags = map[string]any{}
	}
	text, err := pyyaml.Encode(flags)
	if err != nil {
		return nil, err
	}
	return flags, os.WriteFile(filepath.Join(dir, "flags.yml"), text, 0o666)
}

// writeScalars writes the scalars that can be read: a damaged file does not prevent publishing.
func (p *Report) writeScalars(dir string) ([]map[string]any, error) {
	all, _ := scalars.Read(p.Run)
	all = slices.DeleteFunc(all, (*scalars.Summary).IsSystem)
	head := []string{"prefix", "tag", "count", "total", "avg_val", "first_val", "first_step", "last_val", "last_step", "min_val",
		"min_step", "max_val", "max_step"}
	rows := make([]map[string]any, len(all))
	for i, s := range all {
		rows[i] = map[string]any{"key": s.Key(), "prefix": s.Prefix, "tag": s.Tag, "count": s.Count, "total": s.Total, "avg_val": s.Avg,
			"first_val": s.First.Value, "first_step": s.First.Step, "last_val": s.Last.Value, "last_step": s.Last.Step,
			"min_val": s.Min.Value, "min_step": s.Min.Step, "max_val": s.Max.Value, "max_step": s.Max.Step}
	}
	return rows, p.writeCSV(filepath.Join(dir, "scalars.csv"), head, rows)
}

// writeCSV writes the columns in head of each row.
func (p *Report) writeCSV(name string, head []string, rows []map[string]any) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	safe := csvsafe.If(p.CSVSafe)
	_ = w.Write(head) // Flush returns its error
	for _, row := range rows {
		line := make([]string, len(head))
		for i, name := range head {
			line[i] = raw(row[name])
		}
		_ = w.Write(safe(line))
	}
	w.Flush()
	return errors.Join(w.Error(), f.Close())
}

// writeOutput copies the output of the run, if any, and returns it.
func (p *Report) writeOutput(dir string) (string, error) {
	in, err := plainfile.OpenFile(p.Run.GuildPath("output"), os.O_RDONLY|unix.O_NOFOLLOW, 0)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, plainfile.ErrNotRegular) { // guild makes no link there
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer func() { _ = in.Close() }()
	data, err := io.ReadAll(in)
	if err != nil {
		return "", err
	}
	return string(data), os.WriteFile(filepath.Join(dir, "output.txt"), data, 0o666)
}
