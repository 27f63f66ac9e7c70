// Package runs is the run store: a directory of run directories that users can read with ls and cat, copy with rsync and share over NFS.
// There is no server and no database: the files that this comment describes are the whole state.
//
//	<home>/runs/                 the runs root
//	  <id>/                      one run: 32 hex digits; the short id is the first 8
//	    <files of the operation>
//	    .guild/
//	      .phase.<n>…            its name determines the state of a run that has been started, see below and package phase
//	      status                 one word, see Status
//	      attrs/<name>           one YAML document each
//	      opref                  what was run, see package opref
//	      manifest               what was copied in: one line per file, see package manifest
//	      output output.index    what the operation printed; per line 8 bytes of milliseconds and 1 byte of stream
//	      events.out.tfevents.…  scalars of the output or, with the suffix .attrs, attributes; see package scalars
//	      events.out.tfevents.….sys  scalars sys/...: the run's use of system resources, see package usage
//	      logged.….jsonl         scalars that the operation logged with the Python package; .attrs.jsonl: attributes. JSON lines, a file
//	                             for each process
//	      environment/           files of the project that say which packages the operation ran with, such as uv.lock
//	      originals/             config files as they were when the run was staged; in a batch, files that differ among its trials
//	      generated/             config files with the flags of the run
//	      steps/                 of a staged run with steps: what they need to start without the project, see package proc/steps
//	      .guild-replacing-…     a replacement of files of the run in progress, see package replace
//	      LOCK                   permanent; locked (flock) while a process owns the run; holds the owner, see Owner, and its
//	                             mtime is the last sign of life
//	      stop                   exists if a stop was requested
//	      hooks.<started>        output of the hooks of one start, see package hook
//	      PENDING LOCK.remote    markers for Guild AI: the run waits, or is running; see guildai.go
//	      EDIT                   permanent once it exists; locked while the label, tags or comments are being changed
//	  .staged/<id>               marker of a run that waits for a scheduler; its mtime is the time of staging
//	  .format                    which version of this program the root needs, see package rootformat
//	  .claimed/<id>.<who>        where a claimed marker goes until its run has ended
//	  .claimed/.<id>.<engine>~<who>  the same for a run that waits in an engine or was started by one, see Claim.Queue
//	  .tmp-<host>-<pid>…         a run that is being made
//	  .purged-<host>-<pid>…      a run that is being deleted permanently
//	<home>/trash/runs/<id>       deleted runs
//	<home>/locks <home>/proc <home>/cache
//	<home>/dashboards <home>/dashboard-token.<uid>
//
// # Who may write what
//
// The owner of a run is the process that holds its LOCK. Only the owner writes below .guild, with two exceptions, which any process may
// write at any time: the stop file, and attributes that label a run (label, tags, comments, marked; see Run.Edit). The owner of a run that
// has ended releases the lock before it executes hooks, and then still writes their output. A run appears in the root complete, by one
// rename, and leaves it by one rename. Files are replaced by rename and never rewritten, except LOCK and EDIT, which must keep their
// inodes: a lock on a replaced file has no effect.
//
// Several users can share a store through a runs root that their group may write: all directories of the store then get its mode, whatever
// the umask, so that each user can stage, annotate and delete. Files belong to the users who made them: a user who may not write the LOCK
// of a run cannot start it. In other roots the umask decides, and nothing is open to more users than the root.
//
// # The life of a staged run
//
//	Draft.Commit(Staged)   the run appears, status staged
//	Store.Stage            its marker appears in .staged; schedulers wake
//	Store.Claim            LOCK taken, status read again, marker renamed; each of the three may fail
//	Claim.Lock             inherited by the worker as a descriptor, so that the run always has an owner
//	Lock.Begin             phase running, then the files for users
//	Lock.Touch             from time to time, as a sign of life
//	Lock.Finish            phase ended, with the outcome; then attrs/stopped, attrs/exit_status and status
//	worker ends            the kernel drops the lock
//
// A staged run that was copied into the root, with cp or tar, has no marker: schedulers look for such runs from time to time, see
// Store.Sweep. A copy has an id of its own, the name of its directory.
//
// Claiming uses two independent primitives, the lock and the rename, so that no run starts twice even on a mount where locks silently work
// on one host only.
//
// # The state of a run
//
// A lock over NFS is a lease. If a host was frozen for longer, another owner has taken its place without notice, and the host continues
// with what it was about to do. Therefore the state of a run does not depend on who writes last: it is the name of one entry,
// .phase.<n>.<nonce>.<started>.<what>, and a run changes from one phase to the next by one rename of that entry. The rename fails if the
// old name no longer exists, no name is ever used again, and an owner renames only from a name that it read while it verifiably held the
// lock. So the phases are a chain, and once a new owner has added to it, an earlier owner cannot: its rename fails, it gets ErrBusy and
// starts or records nothing, at whatever point it was frozen. (A run that Guild AI made has no such entry until its first start by this
// program makes one, protected by the lock alone.)
//
// A new run has a phase without a word, and then the status file determines its status. After that phase, the status file,
// attrs/exit_status and attrs/stopped are derived from the phase, for users and for Guild AI, and this program does not rely on them, see
// Run.Outcome. An owner writes them after the phase and then reads the phase again: if it has changed, the owner writes them for the new
// phase, so that the last writer leaves the right content. If an owner is killed before it has written them, the next scheduler
// (Lock.Settle) or `guild check --repair` does.
//
// A run is running while its phase is running and its lock is held; if the lock is free, its owner was lost.
//
// The name is as fresh as the directory, on every host; one listing of the directory shows it; and renaming needs no space, so that no
// outcome is lost on a full disk: data that needs space is written, under temporary names, before the rename.
//
// # Guild AI on the same root
//
// Guild AI sees the status of each run of this program, by the markers PENDING and LOCK.remote. They are derived from the phase, and this
// program does not rely on them; a recovery or a sweep removes those that a crash has left. Its queues leave runs with PENDING alone, so
// that each staged run is started once. A run that Guild AI staged is taken under the lock of its queues, <home>/locks/run-status, see
// Store.StageMarked. If a user starts a waiting run with Guild AI while a scheduler of this program starts it, both can start it: this is
// the only such case.
//
// # What survives a power cut
//
// The file system orders these writes and brings them to the disk within seconds. A run whose last seconds are lost is shown as one that
// lost its owner, never wrongly as completed. The outcome of a run that took longer than a second is synced before Finish returns, which
// costs milliseconds; a shorter run can be repeated as quickly. On NFS the server syncs each rename. The files of the operation are as
// durable as the operation makes them. Nothing else is synced.
//
// # Glossary
//
//	run          one execution of an operation, and its directory
//	phase        a part of a run's life; the name of an entry of .guild, which determines the state of the run
//	owner        the process that holds a run's LOCK
//	outcome      exit status and end of the latest start
//	marker       an entry of .staged or .claimed; or a file from which Guild AI reads a status
//	claim        the right to start a staged run, which one process has
//	lost         said of a run whose owner ended without an outcome
//	queued       said of a run that waits in an engine such as Slurm
//	derived file a file whose content follows from the phase, for users and for Guild AI
//	draft        a run that is being made and is not visible yet
//	sweep        a search through all runs for those that markers do not show
//	settle       to write the derived files of a phase if its owner did not
//
// # Packages
//
// This package handles single runs: Run, its Lock, and the Store, in which runs are made, staged, claimed and deleted. It knows nothing
// about lists. Arrows are imports:
//
//	catalog/index → catalog → runs → phase, enginejob, rootformat, leftover → sharedfs
//	manifest, prototype, runjson → runs
//	filter, compare → values → scalars → runs        filter → catalog
//
// What needs no lock is in packages of its own: phase has the names of phases, enginejob and rootformat two small files, leftover what
// killed processes leave. Packages manifest, prototype and runjson only read a run and know nothing about ownership.
//
// Package catalog lists the runs of a root; it returns what it has read of a run as a Snapshot. A Run and a Snapshot have the same methods
// for reading, those of View: a Run reads the disk each time, a Snapshot answers from what was read. Only a Run can be locked, signalled
// and written. Package sharedfs reads and writes small files on NFS.
//
// # Rules for NFS
//
// Names and contents are read only after their directory has been opened (which makes the client ask the server), even under a lock. Races
// are decided by rename and flock, never by O_EXCL. Names with a leading dot, .nfs* and directories whose name is not an id are not runs.
package runs
