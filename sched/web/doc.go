// Package web serves the dashboard: a page and a JSON API over what the run store says. It reads and never writes, and it
// knows nothing that the store does not: every scheduler on every host that shares the runs root is shown, whoever serves.
//
//	GET /status                      the page; / leads there
//	GET /api/status                  a Snapshot
//	GET /api/events                  server-sent events: "status" with a Snapshot, at once and whenever it changed; "stalled"
//	                                 while the runs root does not answer; "closing" when the server ends
//	GET /api/runs                    a Matches: the runs that pass ?filter=TEXT, which is an expression as guild runs -F takes it
//	                                 or words, and have one of ?status=STATUS; at most ?limit=N rows from ?offset=N on
//	GET /api/compare                 a Table of the same runs; ?cols=COLUMNS as guild compare -c takes them are added, and
//	                                 ?min=COLUMN or ?max=COLUMN says what all of them are sorted by
//	GET /api/scalars                 a ScalarIndex of the runs ?ids=ID,ID; with ?tag=NAME a ScalarSeries: of each run at most ?points=N,
//	                                 by ?x=step or time
//	GET /api/scalars.csv             all points of ?tag=NAME of these runs
//	GET /api/scalars/events          server-sent events: "points" with a NewPoints for each of these runs that gets some, and "end" when
//	                                 all have ended
//	GET /api/runs/{id}               a Detail; id is the full id
//	GET /api/runs/{id}/output        an Output: at most ?limit=N bytes, 64 KiB without it, from ?offset=N, or the last ones
//	GET /api/runs/{id}/events        server-sent events: "output" with an Output for each piece, "end" after the last one,
//	                                 "gone" when the run was deleted; starts as above and resumes by Last-Event-ID
//	GET /api/runs/{id}/output/search a Found: the lines of the output with ?words=TEXT
//	GET /api/runs/{id}/shown/{path}  a Shown: a file of text as a table, Markdown or code
//	GET /api/runs/{id}/source        a Source: how its source code differs from ?with=prototype, project or the id of a run
//	GET /api/diff                    a RunDiff of ?a=ID and ?b=ID
//	GET /api/studies                 the Studies, which are the batches, that pass ?filter=TEXT and have one of ?status=STATUS
//	GET /api/studies/{id}            a Study of a batch for ?objective=COLUMN and ?goal=min or max, and ?second=COLUMN and ?second-goal=
//	GET /api/runs/{id}/files         a Files: the directory ?dir=PATH of the run
//	GET /api/runs/{id}/files/{path}  a file of the run; with ?download to be saved
//
// Errors of the API are {"error": "one line"}; of a text that cannot be read also which parameter has it, and where in it. Runs that the
// dashboard is not about, see Config.Select, are as if they were not there. There is no other method than GET and HEAD, and no other host name than this
// host's, so that a page on the web cannot read runs through a name that it points at this machine.
//
// # Who is let in
//
// The user whose process serves, and root, from processes of this host: the kernel says whose the other end of a connection is, see
// package peer. Everybody else, and everybody where the kernel cannot tell, needs the token of the home, which is in the links that
// `guild view --link` prints and in the log of a scheduler that only its user can read. A page that is opened by such a link
// makes a cookie of the token and leads to itself without it. Cookies know no ports: a server of somebody else on the same host, visited
// by that browser, gets them too.
//
// Connections are limited to a quarter of the descriptors that the process may have. Over it, that one is closed which has asked for
// nothing for the longest time.
//
// # What is served
//
// What runs have written is not trusted: a file is served from within its run's directory only, whatever links there say,
// without what is hidden, and as a page it has no origin and no scripts. Only in a frame of the dashboard a report runs its scripts,
// without an origin and without any connection. Texts are sent as nodes with a few known tags, never as HTML, see package render.
//
// # Cost
//
// Without a connected client there is a listener and nothing else. With clients, one goroutine looks at the store every
// second: at the markers of staged runs, the states of the schedulers, and the runs that have not ended. A run that has ended
// is read once and again only when the modification time of its .guild directory changes. The names in the root are listed
// when its modification time changed, and every five seconds. Runs beyond the newest 2,000 are only counted, a slice of them
// per look. Who asks for matches or a table has snapshots of the runs read, one client at a time; pages ask again when there is news, and
// not more often than takes a tenth of the time.
package web
