package slurm

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"guild/runs"
	"guild/runs/enginejob"
	"guild/sched/engine"
)

// fake replaces the commands of Slurm with scripts.
type fake struct {
	t     *testing.T
	dir   string // the environment variable FAKE has it for the scripts
	store *runs.Store
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{t, t.TempDir(), runs.Open(t.TempDir())}
	t.Setenv("PATH", f.dir+":"+os.Getenv("PATH"))
	t.Setenv("FAKE", f.dir)
	f.command("scontrol", "printf 'ClusterName = fake\nKillWait = 30 sec\nMaxArraySize = 1001\n'")
	f.command("sbatch", `cat > "$FAKE/script"; echo "$@" >> "$FAKE/calls"; echo "12;fake"`)
	f.command("squeue", `cat "$FAKE/queue" 2>/dev/null; true`)
	f.command("scancel", `echo "$@" >> "$FAKE/cancelled"`)
	f.command("sacct", `echo "Slurm accounting storage is disabled" >&2; exit 1`)
	return f
}

func (f *fake) command(name, script string) {
	f.t.Helper()
	f.file(name, "#!/bin/sh\n"+script+"\n")
}

func (f *fake) file(name, text string) {
	f.t.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, name), []byte(text), 0o777); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fake) read(name string) string {
	data, _ := os.ReadFile(filepath.Join(f.dir, name))
	return string(data)
}

// draft makes a run that is not staged yet.
func (f *fake) draft() *runs.Draft {
	f.t.Helper()
	d, err := f.store.Draft("")
	if err == nil {
		err = d.SetAttrs(map[string]any{"flags": map[string]any{}})
	}
	if err != nil {
		f.t.Fatal(err)
	}
	return d
}

func (f *fake) open(change func(*Config)) (*Engine, error) {
	f.t.Helper()
	self, err := f.draft().Commit(runs.Completed)
	if err != nil {
		f.t.Fatal(err)
	}
	cfg := Config{Self: self, Store: f.store, Room: 100, Arrays: true, Patience: 5 * time.Second, Log: zerolog.Nop()}
	if change != nil {
		change(&cfg)
	}
	return Open(f.t.Context(), cfg)
}

func (f *fake) mustOpen(change func(*Config)) *Engine {
	f.t.Helper()
	e, err := f.open(change)
	if err != nil {
		f.t.Fatal(err)
	}
	_ = os.Remove(filepath.Join(f.dir, "calls"))
	return e
}

// jobs returns jobs of n queued runs.
func (f *fake) jobs(n int) []*engine.Job {
	f.t.Helper()
	jobs := make([]*engine.Job, n)
	for i := range jobs {
		r, err := f.store.CommitStaged(f.draft())
		if err != nil {
			f.t.Fatal(err)
		}
		c, err := f.store.Claim(r.ID)
		if err == nil {
			err = c.Queue(enginejob.Job{Kind: "slurm", Cluster: "fake", Survives: true})
		}
		if err != nil {
			f.t.Fatal(err)
		}
		jobs[i] = &engine.Job{Run: r, Token: c.Name()}
	}
	return jobs
}

// TestSubmit: runs of equal needs are submitted together, with a script that has the run and token of each.
func TestSubmit(t *testing.T) {
	f := newFake(t)
	e := f.mustOpen(func(c *Config) { c.Warn, c.Sbatch, c.Setup = 60, "--comment='a b'", "echo setup" })
	e.exe = "echo"
	jobs := f.jobs(3)
	jobs[1].Needs = engine.Needs{Raw: map[string]string{"partition": "long"}}
	e.Submit(t.Context(), []*engine.Job{jobs[1]})
	e.Submit(t.Context(), []*engine.Job{jobs[0], jobs[2]})
	for i, want := range []string{"12_0", "12", "12_1"} {
		if jobs[i].Ref != want || jobs[i].Err != nil {
			t.Errorf("job %d: %q, %v", i, jobs[i].Ref, jobs[i].Err)
		}
	}
	calls := strings.Split(f.read("calls"), "\n")
	for i, want := range []string{"--partition=long", "--array=0-1"} {
		for _, arg := range []string{want, "--signal=B:USR2@60", "--comment=a b", "--no-requeue", "--job-name=guild-"} {
			if !strings.Contains(calls[i], arg) {
				t.Errorf("sbatch %s: no %s", calls[i], arg)
			}
		}
	}
	cmd := exec.Command("sh")
	cmd.Stdin = strings.NewReader(f.read("script"))
	cmd.Env = append(os.Environ(), "SLURM_ARRAY_TASK_ID=1")
	out, err := cmd.CombinedOutput()
	want := "setup\nsys work " + jobs[2].Run.Dir + " " + f.store.Home() + " " + jobs[2].Token + "\n"
	if err != nil || string(out) != want {
		t.Errorf("the second job executes %q, want %q (%v)", out, want, err)
	}
}

// TestAmbiguousSubmission: a job is found by its name if its submission gave no answer.
func TestAmbiguousSubmission(t *testing.T) {
	for name, script := range map[string]string{
		"no answer":     `case "$*" in *--test-only*) ;; *) exec sleep 60;; esac`,
		"no controller": `case "$*" in *--test-only*) ;; *) echo "sbatch: error: Batch job submission failed: Unable to contact slurm controller" >&2; exit 1;; esac`,
		"no id":         `echo what`,
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.command("sbatch", script)
			e := f.mustOpen(func(c *Config) { c.Patience = time.Second })
			jobs := f.jobs(2)
			e.Submit(t.Context(), jobs)
			for _, j := range jobs {
				if !j.Ambiguous || j.Err != nil || j.Ref != "" || j.Name == "" {
					t.Errorf("%+v", j)
				}
			}
			if e.Room() != 0 {
				t.Errorf("room for %d right after a failure", e.Room())
			}
			f.file("queue", "77_[0-1]|PENDING|Priority||"+strings.TrimSuffix(jobs[0].Name, "_0")+"\n")
			states, err := e.Known(t.Context(), jobs)
			if err != nil || states[jobs[1].Token].Reason != "Priority" {
				t.Errorf("%+v, %v", states, err)
			}
			f.file("queue", "77_0|RUNNING|None|n1|"+strings.TrimSuffix(jobs[0].Name, "_0")+"\n")
			states, err = e.Known(t.Context(), jobs)
			if s, known := states[jobs[0].Token]; err != nil || s.Ref != "77_0" || s.Progress != engine.Started || !known {
				t.Errorf("%+v, %v", states, err)
			}
			if _, known := states[jobs[1].Token]; known {
				t.Error("a job that is not there is known")
			}
			e.Cancel(t.Context(), jobs)
			if got := f.read("cancelled"); got != "77_0\n" {
				t.Errorf("cancelled %q", got)
			}
		})
	}
}

// TestRefusals: some refusals name a fault of the jobs, others only say that it is not the time.
func TestRefusals(t *testing.T) {
	tests := []struct {
		text  string
		later bool
	}{
		{"sbatch: error: invalid partition specified: nope", false},
		{"sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying", true},
	}
	for _, tt := range tests {
		f := newFake(t)
		e := f.mustOpen(nil)
		f.command("sbatch", "echo '"+tt.text+"' >&2; exit 1")
		jobs := f.jobs(2)
		e.Submit(t.Context(), jobs)
		for _, j := range jobs {
			if j.Err == nil || errors.Is(j.Err, engine.ErrLater) != tt.later || j.Ambiguous || j.Ref != "" {
				t.Errorf("%s: %+v", tt.text, j)
			}
		}
		if e.Room() != 0 {
			t.Errorf("%s: room for %d right after a refusal", tt.text, e.Room())
		}
	}
}

// TestSubmitLimit: as many jobs are submitted as Slurm accepts, and more when some have ended.
func TestSubmitLimit(t *testing.T) {
	f := newFake(t)
	e := f.mustOpen(nil)
	f.command("sbatch", `n=1
for a; do case $a in --array=0-*) n=$((${a#--array=0-} + 1));; esac; done
have=$(cat "$FAKE/have" 2>/dev/null || echo 0)
if [ $((have + n)) -gt 3 ]; then
  echo "sbatch: error: QOSMaxSubmitJobPerUserLimit" >&2
  echo "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)" >&2
  exit 1
fi
echo $((have + n)) > "$FAKE/have"
echo $((100 + have))`)
	jobs := f.jobs(10)
	e.Submit(t.Context(), jobs)
	var accepted []*engine.Job
	for _, j := range jobs {
		if j.Ref != "" {
			accepted = append(accepted, j)
			continue
		}
		if !errors.Is(j.Err, engine.ErrLater) || !strings.Contains(j.Err.Error(), "QOSMaxSubmitJobPerUserLimit") {
			t.Errorf("refused: %v", j.Err)
		}
		if _, err := f.store.Unqueue(j.Run.ID, j.Token); err != nil {
			t.Fatal(err)
		}
	}
	if len(accepted) != 3 || e.Room() != 0 {
		t.Fatalf("%d accepted, room for %d more", len(accepted), e.Room())
	}
	if _, err := accepted[0].Run.EndQueued(-15); err != nil {
		t.Fatal(err)
	}
	if e.Room() != 1 {
		t.Errorf("room for %d after an end", e.Room())
	}
}

// TestKnown: jobs that squeue does not show are looked up elsewhere; a job that did not begin its run has its last line of output.
func TestKnown(t *testing.T) {
	f := newFake(t)
	e := f.mustOpen(nil)
	jobs := f.jobs(4)
	for i, ref := range []string{"5_0", "5_1", "6", "7"} {
		jobs[i].Ref = ref
	}
	f.file("queue", "5_0|PENDING|Resources||n\n5_1|FAILED|NonZeroExitCode|n1|n\n")
	f.command("scontrol", `case "$*" in *" 6") echo "JobId=6 JobName=n JobState=TIMEOUT Reason=TimeLimit NodeList=n1";; *) exit 1;; esac`)
	if err := os.WriteFile(filepath.Join(e.cfg.outputDir(), "5_1.out"), []byte("a\nguild: not found\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	states, err := e.Known(t.Context(), jobs)
	want := map[string]engine.State{
		jobs[0].Token: {Reason: "Resources"},
		jobs[1].Token: {Progress: engine.Ended, Reason: "guild: not found", Node: "n1"},
		jobs[2].Token: {Progress: engine.Ended, Reason: "timeout", Node: "n1"},
	}
	if err != nil || len(states) != len(want) {
		t.Errorf("%+v, %v", states, err)
	}
	for token, s := range want {
		if states[token] != s {
			t.Errorf("%+v, want %+v", states[token], s)
		}
	}
	f.command("squeue", "echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1")
	if _, err := e.Known(t.Context(), jobs); err == nil {
		t.Error("Slurm could not be asked, and there is no error")
	}
}

// TestOpen: the errors say what is missing and what to do.
func TestOpen(t *testing.T) {
	tests := []struct {
		name, command, script string
		want                  []string
	}{
		{"controller", "scontrol", "echo 'slurm_load_ctl_conf error: Unable to contact slurm controller (connect failure)' >&2; exit 1",
			[]string{"does not answer", "scontrol ping"}},
		{"partition", "sbatch", "echo 'sbatch: error: invalid partition specified: nope' >&2; exit 1", []string{"nope", "sinfo -s"}},
		{"limit", "sbatch", "echo 'sbatch: error: QOSMaxSubmitJobPerUserLimit' >&2; exit 1", nil},
	}
	for _, tt := range tests {
		f := newFake(t)
		f.command(tt.command, tt.script)
		_, err := f.open(nil)
		if (err != nil) != (tt.want != nil) {
			t.Errorf("%s: %v", tt.name, err)
		}
		for _, word := range tt.want {
			if err == nil || !strings.Contains(err.Error(), word) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %v does not say %s", tt.name, err, word)
			}
		}
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := (&fake{t, "", runs.Open(t.TempDir())}).open(nil); err == nil || !strings.Contains(err.Error(), "this host has no scontrol") {
		t.Errorf("without Slurm: %v", err)
	}
}

// TestNodes: while runs wait, node jobs are added one at a time.
func TestNodes(t *testing.T) {
	f := newFake(t)
	self, err := f.draft().Commit(runs.Completed)
	if err != nil {
		t.Fatal(err)
	}
	n, err := OpenNodes(t.Context(), Config{Self: self, Store: f.store, MaxNodes: 2, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	submitted := func() int { return strings.Count(f.read("calls"), "--job-name=") }
	look := func(queue string) {
		f.file("queue", strings.ReplaceAll(queue, "NAME", n.names.prefix))
		n.asked = time.Time{}
		n.Submit(context.Background(), nil)
	}
	look("")
	if submitted() != 0 || n.Busy() {
		t.Error("a job without a run that waits")
	}
	stage := func() {
		if _, err := f.store.CommitStaged(f.draft()); err != nil {
			t.Fatal(err)
		}
	}
	var got []int
	stage()
	look("")
	got = append(got, submitted()) // 1
	stage()
	look("1|PENDING|Resources||NAME1\n")
	got = append(got, submitted()) // one job waits: still 1
	look("1|RUNNING|None|n1|NAME1\n")
	got = append(got, submitted()) // 2
	stage()
	look("1|RUNNING|None|n1|NAME1\n2|RUNNING|None|n2|NAME2\n")
	got = append(got, submitted()) // the maximum is reached: still 2
	look("1|COMPLETED|None|n1|NAME1\n2|RUNNING|None|n2|NAME2\n")
	got = append(got, submitted()) // 3
	look("1|COMPLETED|None|n1|NAME1\n2|COMPLETED|None|n2|NAME2\n3|COMPLETED|None|n1|NAME3\n")
	got = append(got, submitted()) // the last job started none of the waiting runs: no new one at once
	if !slices.Equal(got, []int{1, 1, 2, 2, 3, 3}) || n.Busy() {
		t.Errorf("node jobs submitted: %v, busy %v", got, n.Busy())
	}
}
