package slurm

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"guild/runs/pattern"
	"guild/sched/engine"
)

// How long to wait after a submission that failed; the time doubles with each that follows.
const (
	firstPause   = 10 * time.Second
	longestPause = 5 * time.Minute
)

// pause is the time in which nothing is submitted, after a failure.
type pause struct {
	length time.Duration
	until  time.Time
}

func (p *pause) active() bool { return time.Now().Before(p.until) }

func (p *pause) longer() {
	p.length = min(max(2*p.length, firstPause), longestPause)
	p.until = time.Now().Add(p.length)
}

func (p *pause) over() { *p = pause{} }

// limit is a number of jobs above which Slurm takes no more of this user, account or QOS, learnt from a refusal.
type limit struct {
	on    bool
	count int // runs in Slurm when it refused
	retry pause
}

// room is how many more jobs to try with so many under way: those that have ended since, and one now and then, for others share
// the limit.
func (l *limit) room(underWay int) int {
	switch {
	case underWay < l.count:
		return l.count - underWay
	case l.retry.active():
		return 0
	}
	return 1
}

// names gives a name to each submission.
type names struct {
	prefix string
	last   int
}

// newNames goes on after the names that Slurm still knows, such as those of an earlier start of the same scheduler: a submission
// without an answer is looked for by its name.
func newNames(prefix string, known []row) names {
	n := names{prefix: prefix}
	for _, r := range known {
		if number, err := strconv.Atoi(strings.TrimPrefix(r.name, prefix)); err == nil && strings.HasPrefix(r.name, prefix) {
			n.last = max(n.last, number)
		}
	}
	return n
}

func (n *names) next() string {
	n.last++
	return n.prefix + strconv.Itoa(n.last)
}

// Submit hands jobs over, those of equal needs as one array. A command that gave no answer may have submitted its jobs.
func (e *Engine) Submit(ctx context.Context, jobs []*engine.Job) {
	if len(jobs) == 0 {
		return
	}
	size := 1
	if e.cfg.Arrays {
		size = e.facts.arraySize()
	}
	accepted := 0
	for _, g := range group(e.cfg.Options, jobs) {
		for rest := g.jobs; len(rest) > 0; {
			n := min(len(rest), size)
			accepted += e.submit(ctx, g.options, rest[:n])
			rest = rest[n:]
		}
	}
	refused, limited := 0, 0
	for _, j := range jobs {
		if j.Err != nil || j.Ambiguous {
			refused++
		}
		if errors.Is(j.Err, errLimit) {
			limited++
		}
	}
	switch {
	case limited > 0:
		e.limit.on, e.limit.count = true, max(e.underWay()-refused, 0) // those refused still have their claims
		if accepted > 0 {
			e.limit.retry.over()
		}
		e.limit.retry.longer()
	case accepted > 0:
		e.pause.over()
		if e.limit.on && e.underWay() > e.limit.count { // it has been raised, or others have made room
			e.limit = limit{}
		}
	default:
		e.pause.longer()
	}
}

// errLimit says that Slurm takes no more jobs for now.
var errLimit = fmt.Errorf("the limit of jobs is reached: %w", engine.ErrLater)

// alike are jobs that can be one array.
type alike struct {
	options []string
	jobs    []*engine.Job
}

// group puts jobs of equal needs together, in the order in which the first of each came.
func group(defaults map[string]string, jobs []*engine.Job) []*alike {
	var groups []*alike
	byKey := map[string]*alike{}
	for _, j := range jobs {
		opts := options(defaults, j.Needs)
		key := strings.Join(opts, "\x00")
		g := byKey[key]
		if g == nil {
			g = &alike{options: opts}
			byKey[key] = g
			groups = append(groups, g)
		}
		g.jobs = append(g.jobs, j)
	}
	return groups
}

// submit hands over jobs as one submission, in halves where Slurm does not take so many more. It returns how many were accepted.
func (e *Engine) submit(ctx context.Context, opts []string, jobs []*engine.Job) int {
	name := e.names.next()
	for i, j := range jobs {
		j.Name = name
		if len(jobs) > 1 {
			j.Name = fmt.Sprintf("%s_%d", name, i)
		}
	}
	id, err := e.sbatch(ctx, name, opts, jobs)
	var f *failure
	switch {
	case err == nil:
		for i, j := range jobs {
			j.Ref = id
			if len(jobs) > 1 {
				j.Ref = fmt.Sprintf("%s_%d", id, i)
			}
		}
		return len(jobs)
	case errors.As(err, &f) && submitLimit().MatchString(f.text):
		n := 0
		if half := len(jobs) / 2; half > 0 {
			if n = e.submit(ctx, opts, jobs[:half]); n == half {
				return n + e.submit(ctx, opts, jobs[half:])
			}
			jobs = jobs[half:]
		}
		for _, j := range jobs {
			j.Err = fmt.Errorf("%w (%s)", errLimit, f.text)
		}
		return n
	case errors.As(err, &f) && f.missing(), errors.As(err, &f) && notNow().MatchString(f.text):
		err = fmt.Errorf("%w: %w", engine.ErrLater, err)
	case !errors.As(err, &f) || f.ambiguous():
		e.cfg.Log.Warn().Msgf("Slurm did not say whether it took job %s: %v; it is looked for by its name", name, err)
		for _, j := range jobs {
			j.Ambiguous = true
		}
		return 0
	}
	for _, j := range jobs {
		j.Err = err
	}
	return 0
}

var jobID = pattern.Lazy(`(?m)^(\d+)(;|\s*$)`)

// sbatch submits one job, or an array of several. It is not given up when the scheduler is told to stop: that would leave open
// whether the jobs exist.
func (e *Engine) sbatch(ctx context.Context, name string, opts []string, jobs []*engine.Job) (id string, err error) {
	args := append([]string{"--parsable", "--no-requeue", "--job-name=" + name, "--open-mode=append"}, opts...)
	output := "%j.out"
	if len(jobs) > 1 {
		args = append(args, fmt.Sprintf("--array=0-%d", len(jobs)-1))
		output = "%A_%a.out"
	}
	args = append(args, "--output="+e.cfg.outputPattern(output))
	if e.cfg.Warn > 0 {
		args = append(args, fmt.Sprintf("--signal=B:USR2@%d", e.cfg.Warn)) // B: else a job without steps gets none
	}
	out, err := e.run.run(context.WithoutCancel(ctx), e.script(jobs), "sbatch", append(args, e.extra...)...)
	if err != nil {
		return "", err
	}
	m := jobID().FindStringSubmatch(out)
	if m == nil {
		return "", fmt.Errorf("sbatch printed no id of a job: %q", out)
	}
	return m[1], nil
}

// outputPattern is a file in outputDir in which Slurm replaces what name has of %.
func (c *Config) outputPattern(name string) string {
	return strings.ReplaceAll(c.outputDir(), "%", "%%") + "/" + name
}
