package sched

// start gives a claimed run to a free slot.
func (s *Scheduler) start(c claimed) error {
	env, err := s.shareGPUs(c)
	if err != nil {
		return err
	}
	sl, err := s.give(c.Lock, c.Name(), env)
	if err != nil {
		return err
	}
	sl.needs = c.needs
	return nil
}

// shareGPUs gives this scheduler's GPUs to a run that names none, and records them with the run.
func (s *Scheduler) shareGPUs(c claimed) (map[string]string, error) {
	if s.opts.GPUs == "" || c.needs.gpus != "" {
		return nil, nil
	}
	v, _ := c.Run.Attr("run_params")
	params, ok := v.(map[string]any)
	if !ok {
		params = map[string]any{}
	}
	params["gpus"] = s.opts.GPUs
	return map[string]string{"CUDA_VISIBLE_DEVICES": s.opts.GPUs}, c.Run.SetAttr("run_params", params)
}
