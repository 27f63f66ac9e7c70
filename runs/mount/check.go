package mount

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Patience is how long Check waits for a file server: longer than the 90 seconds in which a restarted Linux NFS server grants no locks.
const Patience = 2 * time.Minute

// slowLock is the time that a lock may take before users notice.
const slowLock = time.Second

// Check examines the file system of dir, which must exist. probe is a command with arguments that calls Probe for the directory in an
// additional argument and writes the Result as JSON; it is not used if the file system is local. An error means that the examination was
// impossible; the report has the findings. Check takes milliseconds, but up to Patience, or the end of ctx, if a file server does not
// respond: tell waiting users.
func Check(ctx context.Context, dir string, probe []string) (Report, error) {
	return check(ctx, dir, probe, identify)
}

func check(ctx context.Context, dir string, probe []string, identify func(dir string) (mounted, error)) (Report, error) {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	start := time.Now()
	r := Report{Kind: Unknown, LocksAcrossHosts: Maybe}
	m, err := inTime(ctx, func() (mounted, error) { return identify(dir) })
	if err == nil {
		r = m.judge()
	}
	if err == nil && r.Kind != Local && r.Problem == "" {
		var res Result
		if res, err = runProbe(ctx, probe, dir); err == nil {
			r.add(res)
		}
	}
	r.Dir = dir
	if errors.Is(err, context.DeadlineExceeded) {
		r.Note = ""
		r.Problem = fmt.Sprintf("no answer within %s; is its file server up, and does it serve locks "+
			"(NFS 3 needs lockd and rpc.statd on both sides)?", time.Since(start).Round(time.Second))
		return r, nil
	}
	if err != nil {
		return r, fmt.Errorf("examine the file system of %s: %w", dir, err)
	}
	return r, nil
}

// add adds the result of trying a lock.
func (r *Report) add(res Result) {
	r.LockTime, r.Slow = res.Took, res.Took > slowLock
	switch res.Outcome {
	case Served:
		return
	case Unsupported:
		r.LocksAcrossHosts = No
		r.Problem = fmt.Sprintf("it has no locks (%s); %s", res.Error, r.cure())
	case Ineffective:
		r.LocksAcrossHosts = No
		r.Problem = "it grants a lock to two at the same time; " + r.cure()
	default:
		r.Problem = fmt.Sprintf("no lock could be tried (%s), and scheduling has to write there", res.Error)
	}
	r.Note = ""
}

// cure returns what to do about missing locks.
func (r *Report) cure() string {
	switch {
	case r.Kind == NFS:
		return "mount it with vers=4.1 or later, or let the server and this host run lockd and rpc.statd"
	case r.Type == "lustre":
		return "mount it with flock"
	}
	return "keep the runs root on a local disk, or share it over NFS"
}
