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

// The pause after a failed submission; it doubles with each further failure.
const (
	firstPause   = 10 * time.Second
	longestPause = 5 * time.Minute
)

// pause is a time after a failure in which nothing is submitted.
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

// limit is the number of jobs above which Slurm accepts no more from this user, account or QOS, known from a refusal.
type limit struct {
	on    bool
	count int // runs in Slurm when it refused more
	retry pause
}

// room returns how many more jobs to try while underWay runs are in Slurm: as many as have ended since the refusal, or one from time to
// time, since others share the limit.
func (l *limit) room(underWay int) int {
	switch {
	case underWay < l.count:
		return l.count - underWay
	case l.retry.active():
		return 0
	}
	return 1
}

// names generates a name for each submission.
type names struct {
	prefix string
	last   int
}

// newNames continues after the names that Slurm still knows, such as those of an earlier start of the same scheduler: names must be unique,
// since a submission without an answer is looked up by its name.
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

// Submit submits jobs, those of equal needs as one array. A command that gave no answer may have submitted its jobs.
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
		e.limit.on, e.limit.count = true, max(e.underWay()-refused, 0) // refused runs still have their claims
		if accepted > 0 {
			e.limit.retry.over()
		}
		e.limit.retry.longer()
	case accepted > 0:
		e.pause.over()
		if e.limit.on && e.underWay() > e.limit.count { // the limit was raised, or others have made room
			e.limit = limit{}
		}
	default:
		e.pause.longer()
	}
}

// errLimit means that Slurm accepts no more jobs for now.
var errLimit = fmt.Errorf("the limit of jobs is reached: %w", engine.ErrLater)

// jobGroup are jobs that one array can hold.
type jobGroup struct {
	options []string
	jobs    []*engine.Job
}

// group groups jobs by their options, in the order of the first job of each group.
func group(defaults map[string]string, jobs []*engine.Job) []*jobGroup {
	var groups []*jobGroup
	byKey := map[string]*jobGroup{}
	for _, j := range jobs {
		opts := options(defaults, j.Needs)
		key := strings.Join(opts, "\x00")
		g := byKey[key]
		if g == nil {
			g = &jobGroup{options: opts}
			byKey[key] = g
			groups = append(groups, g)
		}
		g.jobs = append(g.jobs, j)
	}
	return groups
}

// submit submits jobs together, or in halves if Slurm does not accept so many. It returns the number of accepted jobs.
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

// sbatch submits one job, or an array of several. It does not stop when the scheduler is told to stop: nobody would know whether the jobs
// exist.
func (e *Engine) sbatch(ctx context.Context, name string, opts []string, jobs []*engine.Job) (id string, err error) {
	args := append([]string{"--parsable", "--no-requeue", "--job-name=" + name, "--open-mode=append"}, opts...)
	output := "%j.out"
	if len(jobs) > 1 {
		args = append(args, fmt.Sprintf("--array=0-%d", len(jobs)-1))
		output = "%A_%a.out"
	}
	args = append(args, "--output="+e.cfg.outputPattern(output))
	if e.cfg.Warn > 0 {
		args = append(args, fmt.Sprintf("--signal=B:USR2@%d", e.cfg.Warn)) // without B:, a job without steps gets no signal
	}
	out, err := e.run.run(context.WithoutCancel(ctx), e.script(jobs), "sbatch", append(args, e.extra...)...)
	if err != nil {
		return "", err
	}
	m := jobID().FindStringSubmatch(out)
	if m == nil {
		return "", fmt.Errorf("sbatch printed no job id: %q", out)
	}
	return m[1], nil
}

// outputPattern returns the path of a file in outputDir as a pattern for Slurm, which replaces the % sequences of name only.
func (c *Config) outputPattern(name string) string {
	return strings.ReplaceAll(c.outputDir(), "%", "%%") + "/" + name
}
