// Package web serves the dashboard: a page and a JSON API for what the run store contains. It only reads the store, except for actions of
// users, see Action, and all its data comes from there: it shows every scheduler on every host that shares the runs root, whichever host
// serves.
//
//	GET /status                      the page; / leads there
//	GET /api/status                  a Snapshot
//	GET /api/schedulers              the Lanes
//	GET /api/events                  server-sent events: "status" with a Snapshot, at once and whenever it changed; "stalled"
//	                                 while the runs root does not answer; "closing" when the server ends
//	GET /api/runs                    a Matches: the runs that pass ?filter=TEXT, which is an expression as guild runs -F takes it
//	                                 or words, and have one of ?status=STATUS; at most ?limit=N rows from ?offset=N on
//	GET /api/compare                 a Table of the same runs; ?cols=COLUMNS as guild compare -c takes them are added,
//	                                 ?min=COLUMN or ?max=COLUMN sorts, and ?group-by=FLAG or ?over=FLAG groups them
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
//	POST /api/actions                an Action; the response is a Done. Not where everybody has access, see Config.Act
//
// Errors of the API are {"error": "one line"}; for a text with a syntax error they also name the parameter and the position. Runs that the
// dashboard does not show, see Config.Select, are treated as if they did not exist. Requests are GET or HEAD, except POST /api/actions, and
// use a host name of this host, so that a page on the web cannot read runs through a name that it points at this machine.
//
// # Access
//
// The user whose process serves, and root, have access from processes of this host: the kernel tells whose the other end of a connection
// is, see package peer. Everybody else, and everybody if the kernel cannot tell, needs the token of the home, which is in the links that
// `guild view --link` prints and in the log of a scheduler that only its user can read. A page that is opened by such a link stores the
// token in a cookie and redirects to itself without it. Cookies are not separated by port: the browser sends them also to servers of other
// users on the same host.
//
// The number of connections is limited to a quarter of the descriptors that the process may have. Beyond that, the connection is closed
// whose last request is the longest ago.
//
// # Security of content
//
// Files of runs are not trusted. A file is served only from within its run's directory, wherever links lead, and only if it is not hidden.
// As a page it has no origin and no scripts. Only in a frame of the dashboard may a report run its scripts, in an origin of its own and
// without any connection. Texts are sent as nodes with a few known tags, never as HTML, see package render.
//
// # Cost
//
// Without a connected client, only the listener is active. With clients, one goroutine looks at the store every second: at the markers of
// staged runs, the states of the schedulers, and the runs that have not ended. A run that has ended is read once, and again only when the
// modification time of its .guild directory changes. The names in the root are listed when its modification time changes, and every five
// seconds. Runs beyond the newest 2,000 are only counted, some of them in each look. Requests for matches or a table read snapshots of the
// runs, one request at a time; pages repeat such a request after changes, for at most a tenth of the time.
package web
