package mount

// IsLocal reports a directory on a file system that one kernel alone can write to, by its type alone. It asks less of the system
// than Check does, and takes what it does not know for shared.
func IsLocal(dir string) bool {
	fsType, err := identifyType(dir)
	return err == nil && localTypes[fsType]
}
