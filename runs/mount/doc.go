// Package mount tells whether it is safe to schedule on a runs root: whether a lock that one host takes is seen by the others.
//
// What the system says of the mount (its type and options) decides most cases. Where other hosts may be involved, a lock is
// tried as well, in a child process: any call may hang while a file server is away, and only a process can be given up.
package mount
