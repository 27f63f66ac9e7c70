// Package proc runs one run as processes.
//
// A worker is the process that owns a run: it holds the run's LOCK, starts the operation as a process group of its own,
// records what it prints, obeys stop requests and writes the outcome. `guild run` in the foreground is its own worker; in the
// background and below a scheduler the worker is a child, `guild sys worker`, that inherits the lock's descriptor. It needs
// nobody: whoever started it may be killed.
//
// # Output
//
// The operation's standard output and standard error are one pipe, so that lines keep the order in which they were
// written; two pipes cannot tell which of two lines came first. What is read goes to the run's output file at once and from
// there, by a reader of its own, to the console: a console that is closed or does not read neither ends nor delays the
// operation.
package proc
