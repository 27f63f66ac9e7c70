package slurm

import (
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"guild/runs/pattern"
	"guild/runs/plainfile"
	"guild/sched/engine"
	"guild/sched/engine/command"
)

// row is one job as Slurm's commands list it.
type row struct {
	ref    string // 12, or 12_3 in an array; 12 also for the tasks of an array that were cancelled before they began
	state  string
	reason string
	node   string
	name   string
}

// squeueFormat ends with the job's name, which may contain any character.
const squeueFormat = "%i|%T|%r|%N|%j"

// squeue lists all jobs of this user, including those that ended recently. Arrays are listed task by task.
func (e *Engine) squeue(ctx context.Context) ([]row, error) {
	out, err := e.run.run(ctx, "", "squeue", "--states=all", "--me", "--all", "--array", "--noheader", "-o", squeueFormat)
	if err != nil {
		return nil, err
	}
	return parseRows(out), nil
}

// parseRows parses lines of squeueFormat and skips other lines, such as the cluster's name.
func parseRows(out string) []row {
	var rows []row
	for line := range strings.Lines(out) {
		f := strings.SplitN(strings.TrimRight(line, "\r\n"), "|", 5)
		if len(f) == 5 && f[0] != "" {
			rows = append(rows, row{ref: strings.TrimSpace(f[0]), state: stateWord(f[1]), reason: f[2], node: f[3], name: f[4]})
		}
	}
	return rows
}

// stateWord removes what sacct adds to a state: `CANCELLED by 1000`, `CANCELLED+`.
func stateWord(s string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(s), " ")
	return strings.TrimRight(word, "+")
}

// find returns the row of a job, by its id or, if that is not known, by its name and array index.
func find(rows []row, j *engine.Job) (row, bool) {
	name, index, inArray := strings.Cut(j.Name, "_")
	array, task, isTask := strings.Cut(j.Ref, "_")
	rest := -1 // row for the tasks of an array that were cancelled before they began
	for i, r := range rows {
		_, number, _ := strings.Cut(r.ref, "_")
		switch {
		case j.Ref != "" && (r.ref == j.Ref || isTask && inRange(r.ref, array, task)):
			return r, true
		case j.Ref == "" && r.name == name && (number == index || inArray && inRange(r.ref, strings.TrimSuffix(r.ref, "_"+number), index)):
			return r, true
		case isTask && r.ref == array, j.Ref == "" && inArray && r.name == name && number == "":
			rest = i
		}
	}
	if rest >= 0 && progress(rows[rest].state) == engine.Ended {
		return rows[rest], true
	}
	return row{}, false
}

var arrayRange = pattern.Lazy(`^(\d+)(?:-(\d+))?(?::(\d+))?$`)

// inRange reports whether ref names a range of tasks, such as 12_[0-3,7%4], that includes the task of this array.
func inRange(ref, array, task string) bool {
	list, ok := strings.CutPrefix(ref, array+"_[")
	n, err := strconv.Atoi(task)
	if !ok || err != nil {
		return false
	}
	list, _, _ = strings.Cut(strings.TrimSuffix(list, "]"), "%")
	for part := range strings.SplitSeq(list, ",") {
		m := arrayRange().FindStringSubmatch(part)
		if m == nil {
			continue
		}
		first, _ := strconv.Atoi(m[1])
		last, step := first, 1
		if m[2] != "" {
			last, _ = strconv.Atoi(m[2])
		}
		if m[3] != "" {
			step, _ = strconv.Atoi(m[3])
		}
		if n >= first && n <= last && (n-first)%max(step, 1) == 0 {
			return true
		}
	}
	return false
}

// progress returns the stage of a job in a given state. Unknown states, such as those of later versions, mean that the job exists.
func progress(state string) engine.Progress {
	switch state {
	case "PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT", "RESV_DEL_HOLD":
		return engine.Waiting
	case "COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "PREEMPTED", "NODE_FAIL", "OUT_OF_MEMORY", "BOOT_FAIL", "DEADLINE", "REVOKED":
		return engine.Ended
	}
	return engine.Started
}

// fromOutside reports whether a job in this state was ended by Slurm, or by somebody through Slurm.
func fromOutside(state string) bool {
	return progress(state) == engine.Ended && state != "COMPLETED" && state != "FAILED"
}

// Known asks Slurm about all jobs at once.
func (e *Engine) Known(ctx context.Context, jobs []*engine.Job) (map[string]engine.State, error) {
	rows, err := e.squeue(ctx)
	if err != nil {
		return nil, err
	}
	states := map[string]engine.State{}
	var missing []*engine.Job
	for _, j := range jobs {
		if r, ok := find(rows, j); ok {
			states[j.Token] = e.state(j, r)
		} else if j.Ref != "" {
			missing = append(missing, j)
		}
	}
	if len(missing) > 0 {
		rows := e.lookUpMissing(ctx, missing)
		for _, j := range missing {
			if r, ok := find(rows, j); ok {
				states[j.Token] = e.state(j, r)
			}
		}
	}
	return states, nil
}

// state converts a row to the state of a job.
func (e *Engine) state(j *engine.Job, r row) engine.State {
	s := engine.State{Progress: progress(r.state), Node: r.node}
	if j.Ref == "" {
		s.Ref = r.ref
	}
	switch s.Progress {
	case engine.Waiting:
		if s.Reason = r.reason; r.reason == "None" || r.reason == "" {
			s.Reason = r.state
		}
		if j.Run.Status().Ended() { // Slurm requeued the job after it had begun
			s.Progress, s.Reason = engine.Ended, "requeued"
		}
	case engine.Ended:
		if fromOutside(r.state) {
			s.Reason = strings.ToLower(r.state)
			s.NodeDied = r.state == "NODE_FAIL"
		}
		if queued, err := j.Run.Queued(); queued && err == nil {
			s.Reason = joinNonEmpty(s.Reason, e.lastLine(r.ref))
		}
	}
	return s
}

func joinNonEmpty(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ": ")
}

// lastLine returns the last line of output of a job that never began its run.
func (e *Engine) lastLine(ref string) string {
	const most = 4096 // bytes of the file's end
	data, err := readEnd(filepath.Join(e.cfg.outputDir(), ref+".out"), most)
	if err != nil {
		return ""
	}
	return command.LastLine(string(data))
}

func readEnd(path string, most int64) ([]byte, error) {
	f, err := plainfile.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	data := make([]byte, min(st.Size(), most))
	_, err = f.ReadAt(data, st.Size()-int64(len(data)))
	return data, err
}

// lookUpMissing looks up jobs that squeue does not show: in accounting if that works, otherwise in the controller, job by job.
func (e *Engine) lookUpMissing(ctx context.Context, jobs []*engine.Job) []row {
	const mostAsked = 10 // jobs, each a command
	if !e.noAccounting {
		refs := make([]string, len(jobs))
		for i, j := range jobs {
			refs[i] = j.Ref
		}
		out, err := e.run.run(ctx, "", "sacct", "--allocations", "--noheader", "--parsable2", "--format=JobID,State,Reason,NodeList,JobName",
			"--jobs="+strings.Join(refs, ","))
		if err == nil {
			return parseRows(out)
		}
		e.noAccounting = true
	}
	var rows []row
	for _, j := range jobs[:min(len(jobs), mostAsked)] {
		out, err := e.run.run(ctx, "", "scontrol", "show", "job", "--oneliner", j.Ref)
		if r, ok := parseJob(out); err == nil && ok {
			r.ref = j.Ref
			rows = append(rows, r)
		}
	}
	return rows
}

// parseJob reads a line of `scontrol show job --oneliner`.
func parseJob(out string) (row, bool) {
	values := map[string]string{}
	for word := range strings.FieldsSeq(out) {
		if name, value, ok := strings.Cut(word, "="); ok {
			if _, had := values[name]; !had {
				values[name] = value
			}
		}
	}
	r := row{state: values["JobState"], reason: values["Reason"], node: values["NodeList"], name: values["JobName"]}
	if r.node == "(null)" {
		r.node = ""
	}
	return r, r.state != ""
}
