// Package catalog lists the runs of a store, and remembers what it has read of them.
//
// There are two types for a run. A runs.Run is a name: its methods read the disk, and it can be locked, signalled and written. A Snapshot
// is what a listing has read of a run: it answers the same questions, those of runs.View, but it can do nothing else. Code that acts on a
// run of a listing takes the Run from the snapshot, and asks the Run what is true now. Package runs knows nothing of listings.
//
//	Catalog    lists the runs of one root: List and Latest return runs in order, Collect and Snapshots read them
//	Snapshot   one run as it was read; it holds a record, or nothing where there was no point in reading ahead
//	record     what was read of one .guild directory: its small files and the names of the others, in one piece of bytes
//	Index      keeps records and times of start for the next process of this host, see package index
//
// A record is valid while .guild and .guild/attrs have the stamps that they had when it was read. A stamp is the time of change, which the
// file server sets and nobody can set back. Guild replaces its files by renaming, so that each change of a file also changes its directory;
// the few files that users and Guild AI overwrite in place have stamps of their own. A record is not kept if its files have changed so
// recently that another change could leave the stamp as it is, or if its run is running. A record never contains anything that depends on a
// lock.
//
// Reading a run therefore costs one system call for its place in the order and two for the rest. Over NFS each call is a round trip, since
// the server is asked.
package catalog
