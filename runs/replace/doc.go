// Package replace puts new files in the place of old ones so that nothing is lost where that fails.
//
// File replaces one file: the new one is written beside it and renamed over it. A Set replaces any number of files and directories:
// what is new is prepared in a directory of its own, then each takes its place by a rename, and what was there is kept until all of
// them have. Where one cannot, those before it are taken back. A process that is killed in between leaves the directory with a plan
// of what it did, and the next Begin in the same place takes that back.
//
//	.guild-replacing-<random>/
//	  LOCK      locked (flock) while the process that made the directory lives
//	  new/...   what takes its place, under the path that it will have
//	  old/<n>   what was in the place of step n
//	  plan      the steps; there from the first rename until the last one is done
package replace
