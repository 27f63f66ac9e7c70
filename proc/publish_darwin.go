package proc

import "os"

// sendWritten sends the written data of a file to the file server. The close of the file reports errors.
func sendWritten(f *os.File) { _ = f.Sync() }
