package runs

// List is for tests of this package, which cannot import package catalog.
func (s *Store) List() ([]*Run, error) { return runsIn(s.runs) }
