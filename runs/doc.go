// Package runs is the run store: a directory of run directories that people read with ls and cat, copy with rsync and
// share over NFS. There is no server and no database; what this comment describes is the whole truth.
//
//	<home>/runs/                 the runs root
//	  <id>/                      one run: 32 hex digits; the short id is the first 8
//	    <files of the operation>
//	    .guild/
//	      status                 one word, see Status
//	      attrs/<name>           one YAML document each
//	      opref                  what was run, see package opref
//	      manifest               what was copied in: one line per file
//	      output output.index    what the operation printed; per line 8 bytes of milliseconds and 1 byte of stream
//	      LOCK                   permanent; locked (flock) while somebody owns the run; holds the owner, see Owner
//	      stop                   present when somebody asked for a stop
//	  .staged/<id>               marker of a run that waits for a scheduler; its mtime is the time of staging
//	  .claimed/<id>.<who>        where a claimed marker goes until its run has ended
//	<home>/trash/runs/<id>       deleted runs
//	<home>/locks <home>/proc <home>/cache
//
// # Who may write what
//
// The owner of a run is whoever holds its LOCK; only the owner writes below .guild, with two exceptions that anybody may
// write at any time: the stop file, and attributes that label a run (label, tags, comments, marked). A run enters the root
// complete, by one rename, and leaves it by one rename. Files are replaced by rename and never rewritten, but for LOCK,
// which must keep its inode: a lock on a replaced file locks nothing.
//
// # A staged run on its way
//
//	Draft.Commit(Staged)   the run appears, status staged
//	Store.Stage            its marker appears in .staged; schedulers wake
//	Store.Claim            LOCK taken, status read again, marker renamed away; any of the three may say no
//	Claim.Lock             handed to the worker as an inherited descriptor: no moment without an owner
//	Lock.Begin             status running
//	Lock.Finish            exit_status, stopped, then status completed, error or terminated: the last write decides
//	worker ends            the kernel drops the lock
//
// Claiming needs two independent primitives to agree, the lock and the rename, so that a mount on which locks are silently
// local starts no run twice.
//
// # Rules for NFS
//
// Names and contents are read only after the directory that holds them has been opened (which makes the client ask the
// server), also under a lock. Races are decided by rename and flock, never by O_EXCL. Dot names, .nfs* and directories whose
// name is not an id are not runs.
package runs
