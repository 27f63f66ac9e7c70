// Package mount determines whether scheduling on a runs root is safe: whether other hosts see a lock that one host takes.
//
// The type and the options of the mount decide most cases. If other hosts may be involved, a lock is also tried, in a child process: any
// call may hang if a file server does not respond, and only a process can be abandoned.
package mount
