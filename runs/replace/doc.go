// Package replace replaces files and directories atomically, so that nothing is lost on a failure.
//
// File replaces one file: it writes the new one beside it and renames it. A Set replaces any number of files and directories. The new
// ones are prepared in a staging directory, then each is renamed to its place, and the old ones are kept until all renames are done. If
// one fails, the renames before it are undone. A process that is killed in between leaves the staging directory with a plan, by which
// the next Begin in the same place undoes the renames.
//
//	.guild-replacing-<random>/
//	  LOCK      locked (flock) while the process that made the directory is alive
//	  new/...   new files and directories, under their future paths
//	  old/<n>   what step n replaced
//	  plan      the steps; exists from the first rename until the last one is done
package replace
