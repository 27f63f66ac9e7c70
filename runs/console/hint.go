package console

// WithHint returns err with what to do about it, a sentence that is shown on a line of its own. Its text is that of err.
func WithHint(err error, hint string) error { return &hinted{err, hint} }

type hinted struct {
	error
	hint string
}

func (h *hinted) Unwrap() error { return h.error }

// Hint is what to do about the error.
func (h *hinted) Hint() string { return h.hint }
