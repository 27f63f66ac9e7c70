package console

// WithHint adds a hint to err: a sentence that says what to do, shown on a line of its own. The text of the error stays the same.
func WithHint(err error, hint string) error { return &hinted{err, hint} }

type hinted struct {
	error
	hint string
}

func (h *hinted) Unwrap() error { return h.error }

// Hint says what to do about the error.
func (h *hinted) Hint() string { return h.hint }
