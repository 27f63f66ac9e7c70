// Package report writes the dashboard's pages for some runs as files that can be opened from disk, without a server and a network.
//
//	index.html            the page
//	static/...            what it loads, as the dashboard serves it, and report.js, which answers in place of a server
//	data/index.js         the lists: runs, comparison, studies
//	data/run/ID.js        a run: its details, files, texts, source code and output
//	data/scalars/ID.js    its curves
//	data/study/ID.js      a batch, for each objective
//	api/runs/ID/files/... copies of its files
//
// Pages opened from disk may load scripts but not read files, so the data is in scripts that call one function with JSON. No text in that
// JSON can end the script: <, > and & are escaped. A file that a browser would execute, such as HTML or SVG, is copied under a name that
// ends with .txt.
package report
