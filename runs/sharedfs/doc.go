// Package sharedfs reads and writes small files of directories that several hosts share, usually over NFS. An NFS client may answer from
// data that is up to a minute old, so that reading takes more care than on a local disk: see RefreshDirs and StampAt. Since a store has
// many small files, the package also makes fewer system calls than package os.
//
// It knows nothing about runs; it is a subpackage of runs because no other package needs it.
package sharedfs
