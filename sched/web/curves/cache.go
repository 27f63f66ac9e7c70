package curves

import (
	"container/list"
	"sync"
	"time"

	"guild/runs"
	"guild/runs/scalars"
	"guild/runs/sharedfs"
)

const (
	maxPoints  = 2 << 20 // most points of a cache; a point takes 24 bytes
	readAgain  = time.Second
	trustEnded = time.Minute // an ended run is read again after this time: somebody may have copied a file into it
	share      = 10          // reading a run takes at most 1/10 of the time
)

// Point is a value of a scalar.
type Point struct {
	Step  int64
	At    float64 // seconds since the epoch; 0: unknown
	Value float64
}

// Run has the scalars that were read of one run.
type Run struct {
	ID     string
	Series map[string][]Point // by the key of the scalar, in the order of the files
	Start  float64            // earliest time of all points, in seconds since the epoch; 0: unknown
	Ended  bool               // it had ended before it was read

	points int
	stamp  time.Time // modification time of .guild before it was read
	until  time.Time // when to read it again
}

// Points returns the number of points of all series.
func (r *Run) Points() int { return r.points }

// Cache holds the most recently used runs.
type Cache struct {
	now func() time.Time

	mu     sync.Mutex
	most   int // limit of points
	points int
	runs   map[string]*list.Element // of *Run, by id
	order  list.List                // most recently used first
}

// New returns an empty cache.
func New(now func() time.Time) *Cache {
	return &Cache{now: now, most: maxPoints, runs: map[string]*list.Element{}}
}

// Get returns the series of a run, which may be a moment old. From a damaged file it takes what can be read.
func (c *Cache) Get(r *runs.View) *Run {
	c.mu.Lock()
	defer c.mu.Unlock()
	start := c.now()
	stamp, err := sharedfs.DirTime(r.GuildPath())
	if e := c.runs[r.ID]; e != nil {
		have := e.Value.(*Run)
		c.order.MoveToFront(e)
		if start.Before(have.until) && err == nil && (!have.Ended || stamp.Equal(have.stamp)) {
			return have
		}
		c.forget(e)
	}
	run := read(r)
	took := c.now().Sub(start)
	run.stamp = stamp
	run.until = c.now().Add(max(readAgain, share*took))
	if run.Ended {
		run.until = c.now().Add(max(trustEnded, share*took))
	}
	c.runs[r.ID] = c.order.PushFront(run)
	c.points += run.points
	for c.points > c.most && c.order.Len() > 1 {
		c.forget(c.order.Back())
	}
	return run
}

// Clear empties the cache.
func (c *Cache) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.order.Len() > 0 {
		c.forget(c.order.Back())
	}
}

func (c *Cache) forget(e *list.Element) {
	run := c.order.Remove(e).(*Run)
	delete(c.runs, run.ID)
	c.points -= run.points
}

func read(r *runs.View) *Run {
	run := &Run{ID: r.ID, Series: map[string][]Point{}, Ended: r.Status().Ended()} // status first, so that no later points are missed
	// Errors of files do not help who looks at a chart; guild runs info reports them.
	_ = scalars.Each(r, func(dir, tag string, p scalars.Point, at time.Time) {
		key := (&scalars.Summary{Prefix: dir, Tag: tag}).Key()
		point := Point{Step: p.Step, Value: p.Value}
		if !at.IsZero() {
			point.At = float64(at.UnixMicro()) / 1e6
			if run.Start == 0 || point.At < run.Start {
				run.Start = point.At
			}
		}
		run.Series[key] = append(run.Series[key], point)
		run.points++
	})
	return run
}
