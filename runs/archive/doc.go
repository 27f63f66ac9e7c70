// Package archive moves and copies runs between a store and other places: a directory that holds run directories, as the runs
// root of a store does, or a zip file of that.
//
// No run is ever visible in part. A run directory is made under a temporary name, which begins with a dot and is ignored by listings, and
// gets its name by one rename. A zip file is replaced as a whole. Only one process at a time writes to it: the one that holds the
// lock on .<name>.lock, a file beside it that is never removed. When a run is moved, the original is removed only after the copy has been
// compared with it. Files that cannot be copied, such as sockets, are named in a message, and a run that has some is not moved. An
// interrupted process leaves at most a temporary file, and runs that are in both places.
//
// The lock of a run is held while it is copied, so that no other process starts, changes or deletes it. A run that is locked, because
// it is running, is not copied: the copy would have files from different times and a status of running.
package archive
