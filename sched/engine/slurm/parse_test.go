package slurm

import (
	"slices"
	"strings"
	"testing"
	"time"

	"guild/sched/engine"
)

// configOutput is part of what `scontrol show config` of Slurm 22.05 prints.
const configOutput = `Configuration data as of 2026-11-30T02:09:14
AccountingStorageType   = accounting_storage/none
ClusterName             = guildtest
KillWait                = 3 sec
MaxArraySize            = 20001
MinJobAge               = 300 sec
SLURM_VERSION           = 22.05.8

Slurmctld(primary) at vm is UP
`

func TestParseConfig(t *testing.T) {
	f, err := parseConfig(configOutput)
	want := facts{cluster: "guildtest", version: "22.05.8", maxArraySize: 20001, killWait: 3 * time.Second, minJobAge: 5 * time.Minute}
	if err != nil || f != want {
		t.Errorf("%+v, %v", f, err)
	}
	if f.grace() != 1 || f.arraySize() != mostTasks {
		t.Errorf("grace %d, arrays of %d", f.grace(), f.arraySize())
	}
	if f, err = parseConfig("ClusterName = c\nMaxArraySize = 0\nKillWait = 120 sec"); err != nil || f.grace() != 30 || f.arraySize() != 1 {
		t.Errorf("%+v, %v: grace %d, arrays of %d", f, err, f.grace(), f.arraySize())
	}
	if _, err = parseConfig("nothing"); err == nil {
		t.Error("no cluster, and no error")
	}
}

// queueOutput is output of squeue of Slurm 22.05: with --array for an array whose last tasks were cancelled before they began, without
// --array, and for plain jobs.
const queueOutput = `CLUSTER: guildtest
6|CANCELLED|JobArrayTaskLimit||guild-x-1
6_0|RUNNING|None|n1|guild-x-1
6_1|COMPLETING|None|n1|guild-x-1
6_2|NODE_FAIL|None|n2|guild-x-1
7_[4-6,9%4]|PENDING|Resources||guild-x-2
7_1|TIMEOUT|TimeLimit|n1|guild-x-2
8|PENDING|Priority||guild-x-3
9|CANCELLED by 1000|None|n1|a|b
10_1|PREEMPTED|None|n1|guild-x-4
`

func TestFind(t *testing.T) {
	rows := parseRows(queueOutput)
	tests := []struct {
		ref, name string
		want      string // state and id, empty if the job is not known
	}{
		{"6_0", "", "RUNNING 6_0"},
		{"6_2", "guild-x-1_2", "NODE_FAIL 6_2"},
		{"6_5", "", "CANCELLED 6"},
		{"7_4", "", "PENDING 7_[4-6,9%4]"},
		{"7_9", "", "PENDING 7_[4-6,9%4]"},
		{"7_7", "", ""},
		{"7_1", "", "TIMEOUT 7_1"},
		{"8", "", "PENDING 8"},
		{"9", "", "CANCELLED 9"},
		{"1", "", ""},
		{"", "guild-x-1_0", "RUNNING 6_0"},
		{"", "guild-x-1_5", "CANCELLED 6"},
		{"", "guild-x-2_5", "PENDING 7_[4-6,9%4]"},
		{"", "guild-x-2_7", ""},
		{"", "guild-x-3", "PENDING 8"},
		{"", "guild-x-4", ""},
		{"", "guild-x", ""},
	}
	for _, tt := range tests {
		got := ""
		if r, ok := find(rows, &engine.Job{Ref: tt.ref, Name: tt.name}); ok {
			got = r.state + " " + r.ref
		}
		if got != tt.want {
			t.Errorf("%q %q: %q, want %q", tt.ref, tt.name, got, tt.want)
		}
	}
	if n := newNames("guild-x-", rows); n.next() != "guild-x-5" {
		t.Errorf("next name after those that Slurm knows: %d", n.last)
	}
}

// FuzzFind parses arbitrary rows.
func FuzzFind(f *testing.F) {
	f.Add(queueOutput, "7_4", "guild-x-2_4")
	f.Add("1_[0-4:0]|PENDING|||", "1_0", "")
	f.Fuzz(func(t *testing.T, out, ref, name string) {
		rows := parseRows(out)
		if r, ok := find(rows, &engine.Job{Ref: ref, Name: name}); ok && !slices.Contains(rows, r) {
			t.Errorf("found %+v", r)
		}
	})
}

func TestParseJob(t *testing.T) {
	out := "JobId=7 ArrayJobId=6 ArrayTaskId=0 JobName=guild-x-1 UserId=root(0) JobState=RUNNING Reason=None NodeList=n1 BatchHost=n1\n"
	if r, ok := parseJob(out); !ok || r != (row{state: "RUNNING", reason: "None", node: "n1", name: "guild-x-1"}) {
		t.Errorf("%+v, %v", r, ok)
	}
	if _, ok := parseJob("slurm_load_jobs error: Invalid job id specified"); ok {
		t.Error("an error is a job")
	}
}

func TestProgress(t *testing.T) {
	tests := []struct {
		state   string
		want    engine.Progress
		outside bool
	}{
		{"PENDING", engine.Waiting, false}, {"CONFIGURING", engine.Waiting, false}, {"RUNNING", engine.Started, false},
		{"COMPLETING", engine.Started, false}, {"SUSPENDED", engine.Started, false}, {"A_LATER_ONE", engine.Started, false},
		{"COMPLETED", engine.Ended, false}, {"FAILED", engine.Ended, false}, {"CANCELLED", engine.Ended, true}, {"TIMEOUT", engine.Ended, true},
		{"PREEMPTED", engine.Ended, true}, {"NODE_FAIL", engine.Ended, true}, {"OUT_OF_MEMORY", engine.Ended, true},
	}
	for _, tt := range tests {
		if got := progress(tt.state); got != tt.want || fromOutside(tt.state) != tt.outside {
			t.Errorf("%s: %v, from outside %v", tt.state, got, fromOutside(tt.state))
		}
	}
}

func TestOptions(t *testing.T) {
	flags := map[string]string{"partition": "main", "time": "60", "mem": "", "nodes": "1"}
	tests := []struct {
		name  string
		needs engine.Needs
		want  string
	}{
		{"flags", engine.Needs{}, "--nodes=1 --partition=main --time=60"},
		{"tags", engine.Needs{Raw: map[string]string{"partition": "long", "gres": "gpu:1", "time": "2:00:00"}},
			"--gres=gpu:1 --nodes=1 --partition=long --time=2:00:00"},
		{"gpus of the command line", engine.Needs{GPUs: "0,1"}, "--gres=gpu:2 --nodes=1 --partition=main --time=60"},
		{"resources", engine.Needs{Resources: map[string]float64{"cpus": 2, "mem": 16, "GPU": 1}},
			"--cpus-per-task=2 --gres=gpu:1 --mem=15259M --nodes=1 --partition=main --time=60"},
		{"memory in bytes", engine.Needs{Resources: map[string]float64{"mem": 1 << 30}}, "--mem=1024M --nodes=1 --partition=main --time=60"},
		{"no gpu", engine.Needs{Resources: map[string]float64{"gpu": 0}}, "--nodes=1 --partition=main --time=60"},
		{"a node that failed", engine.Needs{Avoid: "n2"}, "--nodes=1 --partition=main --time=60 --exclude=n2"},
		{"a tag has the last word", engine.Needs{GPUs: "0", Raw: map[string]string{"gres": "gpu:a100:1"}},
			"--gres=gpu:a100:1 --nodes=1 --partition=main --time=60"},
	}
	for _, tt := range tests {
		if got := strings.Join(options(flags, tt.needs), " "); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	if fits(engine.Needs{Resources: map[string]float64{"cpus": 1, "Mem": 1, "gpu": 1}}) != "" {
		t.Error("what Slurm has does not fit")
	}
	if why := fits(engine.Needs{Resources: map[string]float64{"licence": 1}}); !strings.Contains(why, "licence=1") {
		t.Errorf("licence: %q", why)
	}
}

func TestAmounts(t *testing.T) {
	tests := []struct {
		needs engine.Needs
		want  map[string]float64
	}{
		{engine.Needs{}, map[string]float64{"cpus": 1}},
		{engine.Needs{GPUs: "2,3", Resources: map[string]float64{"mem": 2, "disk": 3}}, map[string]float64{"cpus": 1, "gpu": 2, "mem": 2e9, "disk": 3}},
		{engine.Needs{Raw: map[string]string{"cpus": "4", "mem": "2G", "gres": "gpu:a100:3"}},
			map[string]float64{"cpus": 4, "mem": 2 << 30, "gpu": 3}},
		{engine.Needs{Raw: map[string]string{"mem": "512", "gres": "gpu"}}, map[string]float64{"cpus": 1, "mem": 512 << 20, "gpu": 1}},
	}
	for _, tt := range tests {
		got := Amounts(tt.needs)
		if len(got) != len(tt.want) {
			t.Errorf("%+v: %v", tt.needs, got)
		}
		for name, v := range tt.want {
			if got[name] != v {
				t.Errorf("%+v: %s is %g, want %g", tt.needs, name, got[name], v)
			}
		}
	}
}

func TestParseTime(t *testing.T) {
	tests := map[string]time.Duration{
		"30": 30 * time.Minute, "1:30": 90 * time.Second, "2:00:00": 2 * time.Hour, "1-12": 36 * time.Hour,
		"1-0:30": 24*time.Hour + 30*time.Minute, "0-00:00:05": 5 * time.Second,
		"UNLIMITED": -1, "": -1, "1:2:3:4": -1, "-1": -1, "1-1:1:1:1": -1, "x-1": -1,
	}
	for s, want := range tests {
		if got, ok := ParseTime(s); ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %s, %v", s, got, ok)
		}
	}
}

func TestOutsideOfJobs(t *testing.T) {
	got := outsideOfJobs([]string{"SLURM_JOB_ID=1", "SLURM_CONF=/x", "SLURM_CLUSTERS=c", "SBATCH_ACCOUNT=a", "HOME=/h", "SLURM_CPUS_ON_NODE=2"})
	if want := []string{"SLURM_CONF=/x", "SLURM_CLUSTERS=c", "SBATCH_ACCOUNT=a", "HOME=/h"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestAmbiguous(t *testing.T) {
	tests := map[string]bool{
		"Batch job submission failed: Unable to contact slurm controller (connect failure)":            true,
		"Batch job submission failed: Socket timed out on send/recv operation":                         true,
		"Batch job submission failed: Zero Bytes were transmitted or received":                         true,
		"invalid partition specified: nope; allocation failure: Invalid partition name specified":      false,
		"QOSMaxSubmitJobPerUserLimit; Batch job submission failed: Job violates accounting/QOS policy": false,
	}
	for text, want := range tests {
		if got := (&failure{text: text}).ambiguous(); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestLimitRoom(t *testing.T) {
	l := limit{on: true, count: 5}
	l.retry.longer()
	if l.room(5) != 0 || l.room(3) != 2 {
		t.Errorf("room %d, and %d after two ends", l.room(5), l.room(3))
	}
	l.retry.until = time.Now()
	if l.room(5) != 1 {
		t.Errorf("room %d when it is time to try again", l.room(5))
	}
	var p pause
	for range 10 {
		p.longer()
	}
	if p.length != longestPause {
		t.Errorf("pause of %s", p.length)
	}
}
