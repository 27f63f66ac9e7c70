// Package runs is the run store: a directory of run directories that people read with ls and cat, copy with rsync and
// share over NFS. There is no server and no database; what this comment describes is the whole truth.
//
//	<home>/runs/                 the runs root
//	  <id>/                      one run: 32 hex digits; the short id is the first 8
//	    <files of the operation>
//	    .guild/
//	      .phase.<n>…            its name is the truth about the run once it has been started, see below and package phase
//	      status                 one word, see Status
//	      attrs/<name>           one YAML document each
//	      opref                  what was run, see package opref
//	      manifest               what was copied in: one line per file, see package manifest
//	      output output.index    what the operation printed; per line 8 bytes of milliseconds and 1 byte of stream
//	      events.out.tfevents.…  scalars of the output, and where it ends with .attrs, attributes: see package scalars
//	      events.out.tfevents.….sys  scalars sys/...: what the run uses of the machine, see package usage
//	      logged.….jsonl         scalars that the operation logged by the Python package, and .attrs.jsonl, attributes: JSON lines, a file
//	                             for each process
//	      environment/           files of the project that say which packages the operation ran with, such as uv.lock
//	      originals/             config files as they were when the run was staged; of a batch, files that each trial requires another of
//	      generated/             config files with the flags of the run
//	      steps/                 of a staged run with steps: what they need to start without the project, see package proc/steps
//	      .guild-replacing-…     what is about to replace files of the run, see package replace
//	      LOCK                   permanent; locked (flock) while somebody owns the run; holds the owner, see Owner, and its
//	                             mtime is the last sign of life
//	      stop                   present when somebody asked for a stop
//	      hooks.<started>        what the hooks of one start have printed, see package hook
//	      PENDING LOCK.remote    markers for Guild AI: the run waits, or is running; see guildai.go
//	      EDIT                   permanent once it is there; locked while somebody changes the label, tags or comments
//	  .staged/<id>               marker of a run that waits for a scheduler; its mtime is the time of staging
//	  .format                    which version of this program the root needs, see package rootformat
//	  .claimed/<id>.<who>        where a claimed marker goes until its run has ended
//	  .claimed/.<id>.<engine>~<who>  the same of a run that waits in an engine or was started by one, see Claim.Queue
//	  .tmp-<host>-<pid>…         a run that is being made
//	  .purged-<host>-<pid>…      a run that is being removed for good
//	<home>/trash/runs/<id>       deleted runs
//	<home>/locks <home>/proc <home>/cache
//	<home>/dashboards <home>/dashboard-token.<uid>
//
// # Who may write what
//
// The owner of a run is whoever holds its LOCK; only the owner writes below .guild, with two exceptions that anybody may
// write at any time: the stop file, and attributes that label a run (label, tags, comments, marked; see Run.Edit). The owner of a run that
// has ended gives the lock up before it executes hooks, and goes on to write what they print. A run enters the root
// complete, by one rename, and leaves it by one rename. Files are replaced by rename and never rewritten, but for LOCK
// and EDIT, which must keep their inodes: a lock on a replaced file locks nothing.
//
// Several users share a store through a runs root that their group may write: all directories of the store get its mode then, whatever the
// umask, so that each of them stages, annotates and deletes. Files stay their makers': who may not write the LOCK of a run does not start
// it. In other roots the umask decides, and nothing is open to more people than the root.
//
// # A staged run on its way
//
//	Draft.Commit(Staged)   the run appears, status staged
//	Store.Stage            its marker appears in .staged; schedulers wake
//	Store.Claim            LOCK taken, status read again, marker renamed away; any of the three may say no
//	Claim.Lock             handed to the worker as an inherited descriptor: no moment without an owner
//	Lock.Begin             phase running, then the files for people
//	Lock.Touch             now and then: it lives
//	Lock.Finish            phase ended, with the outcome; then attrs/stopped, attrs/exit_status and status
//	worker ends            the kernel drops the lock
//
// A staged run that somebody copied into the root, with cp or tar, has no marker: schedulers look for such runs once in a while, see
// Store.Sweep. A copy has an id of its own, the name of its directory.
//
// Claiming needs two independent primitives to agree, the lock and the rename, so that a mount on which locks are silently
// local starts no run twice.
//
// # The truth about a run
//
// A lock over NFS is a lease. A host that was frozen for longer finds another owner in its place, without a notice, and goes on
// with whatever it was about to do. So what is true of a run does not depend on who writes last: it is the name of one entry,
// .phase.<n>.<nonce>.<started>.<what>, and a run goes from one phase to the next by one rename of that entry. Rename fails
// where the old name is gone, no name comes back, and an owner renames only from a name that it saw while it verifiably held
// the lock. Hence the phases are a chain, and once a new owner has added to it, an earlier one cannot: its rename fails, it
// gets ErrBusy and starts or records nothing. This holds wherever it was stopped. (A run that Guild AI made has no such entry
// until its first start by us makes one, under the lock alone.)
//
// A phase without a word, as a run is made with, leaves it to the status file to say what the run is. From then on that
// file, attrs/exit_status and attrs/stopped are derived from the phase, for people and for Guild AI, and nothing here
// believes them; see Run.Outcome. An owner writes them after the phase and looks at the phase again afterwards: if it is another
// one by now, it writes what that means, so that the last writer leaves what is true. An owner that is killed before it has
// written them leaves that to the next scheduler (Lock.Settle) or to `guild check --repair`.
//
// A run is running while its phase says so and its lock is held; with a free lock its owner was lost.
//
// The name is as fresh as the directory, on every host; it can be had with one look; and renaming needs no space, so that a
// full disk takes no outcome away: what needs space is written, under temporary names, before the rename.
//
// # Guild AI on the same root
//
// Guild AI sees each run of this program with its status, by the markers PENDING and LOCK.remote. They follow the phase and are never
// believed; a recovery or a sweep removes what a crash left. Its queues leave runs with PENDING alone, so that each staged run is started
// once. A run that Guild AI staged is taken under the lock of its queues, <home>/locks/run-status, see Store.StageMarked. If a person
// starts a waiting run with Guild AI while a scheduler of this program starts it, both can start it: that is the one case left.
//
// # What survives a power cut
//
// The file system orders what is written here and brings it to the disk within seconds. A run whose last seconds are lost is
// shown as one that lost its owner, never as completed by mistake. The outcome of a run that took longer than a second is
// synced before Finish returns, which costs milliseconds; a shorter one is as quickly run again. On NFS the server syncs each
// rename. The files of the operation are as durable as the operation makes them. Nothing else is synced.
//
// # Glossary
//
//	run          one execution of an operation, and its directory
//	phase        a part of a run's life; the name of an entry of .guild, and the truth about the run
//	owner        the process that holds a run's LOCK
//	outcome      exit status and end of the latest start
//	marker       an entry of .staged or .claimed; or a file by which Guild AI tells a status
//	claim        the right to start a staged run, which one process has
//	lost         said of a run whose owner ended without an outcome
//	queued       said of a run that waits in an engine such as Slurm
//	derived file a file that follows from the phase, for people and for Guild AI
//	draft        a run that is being made and that no reader sees
//	sweep        a look at all runs for what markers do not tell
//	settle       to write the derived files of a phase whose owner did not
//
// # Packages
//
// This package is the truth about one run: Run, its Lock, and the Store, in which runs are made, staged, claimed and deleted. It knows
// nothing of lists. Arrows are imports:
//
//	catalog/index → catalog → runs → phase, enginejob, rootformat, leftover → sharedfs
//	manifest, prototype, runjson → runs
//	filter, compare → values → scalars → runs        filter → catalog
//
// What needs no lock stands in packages of its own: phase has the names of phases, enginejob and rootformat two small files, leftover what
// killed processes leave. Packages manifest, prototype and runjson ask a run questions and know nothing of how it is owned.
//
// Package catalog lists the runs of a root; what it read of a run is a Snapshot. A Run and a Snapshot answer the same questions, which are
// the methods of View: a Run from the disk, each time anew, a Snapshot from what was read. Only a Run can be locked, signalled and written.
// Package sharedfs reads and writes small files on NFS.
//
// # Rules for NFS
//
// Names and contents are read only after the directory that holds them has been opened (which makes the client ask the
// server), also under a lock. Races are decided by rename and flock, never by O_EXCL. Dot names, .nfs* and directories whose
// name is not an id are not runs.
package runs
