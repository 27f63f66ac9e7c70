package runs

// startErrorAttr holds why the operation of a run could not be started. A run whose operation was started has none.
const startErrorAttr = "start_error"

// SetStartError records why the operation of the run could not be started. Nil takes away what was recorded of an earlier start.
func (r *Run) SetStartError(cause error) error {
	if cause == nil {
		return r.DeleteAttr(startErrorAttr)
	}
	return r.SetAttr(startErrorAttr, cause.Error())
}

// Explain returns why a run of this state has its status, where the status alone does not say it; else it is empty.
func (r *Run) Explain(state State) string {
	if state.Reason != "" || state.Status != Error {
		return state.Reason
	}
	reason, _ := r.AttrString(startErrorAttr)
	return reason
}
