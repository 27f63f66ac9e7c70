// Package archive moves and copies runs between a store and other places: a directory that holds run directories, as the runs
// root of a store does, or a zip file of that.
//
// Nothing is ever there by half. A run directory comes to its place by one rename from a temporary name, which begins with a dot
// and is a run to nobody; a zip file is replaced as a whole by a new one, by one writer at a time, who has the lock on a file beside it,
// .<name>.lock, which stays. A run that is moved leaves its old place only when it is in the new one and was compared with the
// original. What cannot be taken along is named, and a run that has such things is not moved. Whoever is interrupted leaves at most a temporary name, and runs that are in both places.
//
// A run is owned while it is copied, so that nobody starts, changes or deletes it. One that somebody else owns, because it is
// running, is not copied: a copy would hold files of different moments, and say that it was running.
package archive
