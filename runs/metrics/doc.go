// Package metrics reads the files in which training libraries record numbers, other than TensorBoard's event files. Such a file is found
// by its path in a run:
//
//	metrics.csv, metrics.tsv             a column per metric, as Lightning, Keras and Ultralytics write them
//	metrics.jsonl, .ndjson or .json      JSON objects, usually one a line; nested names are joined with /
//	dvclive/plots/metrics/NAME.tsv       DVCLive: the series of one metric
//	dvclive/metrics.json                 DVCLive: the latest value of each metric
//	mlruns/EXPERIMENT/RUN/metrics/NAME   file store of MLflow: lines of time, value and step
//
// An operation can name more files by patterns, see Finder.
//
// The step of a row is in the first of these columns that there is: step, global_step, _step, iteration, iter, epoch. Without one, rows
// are counted from 0. Time is in wall_time, _timestamp or timestamp: seconds or milliseconds since the epoch, or a date as in RFC 3339.
// Each other column that has a number is a metric.
//
// No content is an error. A file may be incomplete or damaged: cells that are not numbers, lines in another format and lines longer than 1
// MB are skipped.
package metrics
