package web

import (
	"sync"
	"time"

	"guild/runs/catalog"
)

// chosen keeps the ids of the runs that a dashboard shows if these are not all runs.
type chosen struct {
	mu    sync.Mutex
	ids   map[string]bool
	until time.Time // when to select again
}

// serves reports whether the dashboard shows a run. Other runs are treated as if they did not exist.
func (s *Server) serves(id string) bool {
	if s.only == nil {
		return true
	}
	const share = 10 // selecting takes at most 1/10 of the time
	c := s.only
	c.mu.Lock()
	defer c.mu.Unlock()
	start := time.Now()
	if start.Before(c.until) {
		return c.ids[id]
	}
	list, err := choose(s.catalog, s.choose)
	if err != nil {
		return false
	}
	c.ids = idSet(list)
	c.until = time.Now().Add(max(time.Second, share*time.Since(start)))
	return c.ids[id]
}

func idSet(list []*catalog.Snapshot) map[string]bool {
	ids := make(map[string]bool, len(list))
	for _, r := range list {
		ids[r.ID] = true
	}
	return ids
}
