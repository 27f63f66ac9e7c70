// Package sharedfs reads and writes small files of directories that several hosts share, over NFS as a rule. A client of NFS answers from
// what it knew up to a minute ago, so that reading takes more care than on a local disk: see RefreshDirs and StampAt. There are many small
// files in a store, so that it also takes fewer system calls than package os.
//
// It knows nothing of runs; it lies below them because nobody else needs it.
package sharedfs
