// Package sched starts staged runs: on one machine a few at a time, on many machines by as many schedulers as people like.
//
// A scheduler is itself a run. It wakes when a marker appears in the store's .staged directory, on every poll interval
// (another host's changes raise no event), when a worker ends, or when it is told to stop. At each wake-up it looks at the
// queue once, in the order of staging, claims and logs every run that a free worker slot allows, and only then starts their
// workers. It never looks through the runs root: the cost follows the number of staged runs.
//
// A worker is a process that owns one run, see package proc. The death of a scheduler ends none of its workers. A scheduler that is asked
// to stop leaves the runs under way to their workers, and all other runs staged.
package sched
