// Package sched starts staged runs: several at a time on one machine, or on many machines, each with its own schedulers.
//
// A scheduler is itself a run. It wakes up when a marker appears in the store's .staged directory, at every poll interval (changes by other
// hosts raise no event), when a worker ends, or when it is told to stop. At each wake-up it looks at the queue once, in the order of
// staging, claims and logs as many runs as it has free worker slots, and only then starts their workers. It does not list the runs root for
// this: the cost grows with the number of staged runs only.
//
// A worker is a process that owns one run, see package proc. Workers survive the death of their scheduler. A scheduler that is asked to
// stop leaves the runs under way to their workers, and all other runs staged.
package sched
