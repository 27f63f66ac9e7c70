// Package catalog lists the runs of a store, and remembers what it has read of them.
//
// There are two types for a run. A runs.Run is a name: its methods read the disk, and it can be locked, signalled and written. A Snapshot is
// what a listing read of a run: it answers the same questions, those of runs.View, and can do nothing else. Who is to act on a run of a
// listing asks the snapshot for its Run, and that for what is true now. Package runs knows nothing of listings.
//
//	Catalog    lists the runs of one root: List and Latest return runs in order, Collect and Snapshots read them
//	Snapshot   one run as it was read; it holds a record, or nothing where there was no point in reading ahead
//	record     what was read of one .guild directory: its small files and the names of the others, in one piece of bytes
//	Index      keeps records and times of start for the next process of this host, see package index
//
// A record holds while .guild and .guild/attrs have the stamps that they had when it was read. A stamp is the time of change that the file
// server sets and nobody can set back. Our files are replaced by renaming, so that each change of one changes its directory; the few that
// people and Guild AI write over in place have a stamp of their own. What was changed so lately that it can change once more under the same
// stamp is not kept, and neither is the record of a run that runs. What depends on a lock is never in a record.
//
// A look at a run thus costs one system call for its place in the order and two for all that it says. Over NFS each is a round trip, for
// the server is asked.
package catalog
