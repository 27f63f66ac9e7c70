package sched

import "guild/proc"

// shareGPUs gives this scheduler's GPUs to a run that names none, and records them with the run.
func (s *Scheduler) shareGPUs(c claimed) (map[string]string, error) {
	if s.opts.GPUs == "" || c.needs.gpus != "" {
		return nil, nil
	}
	v, err := c.Run.ReadAttr("run_params")
	if err != nil {
		return nil, err
	}
	params, _ := v.(map[string]any)
	if params == nil {
		params = map[string]any{}
	}
	params["gpus"] = s.opts.GPUs
	return map[string]string{proc.GPUsVariable: s.opts.GPUs}, c.Run.SetAttr("run_params", params)
}
