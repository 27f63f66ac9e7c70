package sched

import (
	"time"

	"guild/sched/state"
)

// recent are the runs that ended here most recently, oldest first, for the lanes of dashboards.
type recent []state.Ended

func (l *recent) add(j *job, now time.Time) {
	*l = append(*l, state.Ended{Worker: j.Worker, RunID: j.Run.ID, Since: j.since, Until: now})
	l.forget(now)
}

// forget drops the runs that dashboards no longer show.
func (l *recent) forget(now time.Time) {
	list := *l
	from := max(0, len(list)-state.MaxRecent)
	for from < len(list) && now.Sub(list[from].Until) > state.RecentFor {
		from++
	}
	*l = list[from:]
}
