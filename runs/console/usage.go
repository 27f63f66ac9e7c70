package console

// Usage returns err as the error of a wrong command line, for what only the command itself can tell is wrong.
func Usage(err error) error { return usageError{err} }

type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

// ExitStatus is that of a wrong command line.
func (usageError) ExitStatus() int { return 2 }
