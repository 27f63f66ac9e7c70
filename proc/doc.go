// Package proc runs one run as processes.
//
// A worker is the process that owns a run: it holds the run's LOCK, starts the operation as a process group of its own,
// records what it prints, obeys stop requests and writes the outcome. `guild run` in the foreground is its own worker; in the
// background and below a scheduler the worker is a child, `guild sys worker`, that inherits the lock's descriptor. A worker goes
// on when the program that started it is killed.
//
// The packages below this one have the rest of a run's life. Without processes: recipe (what a run is started from), invocation
// (arguments and environment), environ (guild's own variables), joborder (how an engine hands over a job), links and required (runs of
// steps and batches, runs that others require), dependency (what a run requires, at staging and at its start), batchplan, newrun (makes
// runs and batches) and revise (changes them for another start). With processes: pool (several runs at a time), trials and steps, which
// are the operations of batches and of runs with steps.
//
// # Output
//
// The operation's standard output and standard error are one pipe, so that lines keep the order in which they were
// written; two pipes cannot tell which of two lines came first. The worker writes what it reads to the run's output file at once. A
// second goroutine copies the file to the console, so that a console that is closed or does not read neither ends nor delays the
// operation.
package proc
