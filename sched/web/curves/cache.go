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
	maxPoints  = 2 << 20 // that a cache holds, in all: a point takes 24 bytes
	readAgain  = time.Second
	trustEnded = time.Minute // a run that has ended is read again after that: somebody may have copied a file into it
	share      = 10          // reading a run takes at most that part of the time
)

// Point is a value of a scalar.
type Point struct {
	Step  int64
	At    float64 // seconds since the epoch; 0: not known
	Value float64
}

// Run is what was read of one run.
type Run struct {
	ID     string
	Series map[string][]Point // by the key of the scalar, in the order of the files
	Start  float64            // the first time of all points, in seconds since the epoch; 0: not known
	Ended  bool               // when it was read

	points int
	stamp  time.Time // modification time of .guild before it was read
	until  time.Time // when to look again
}

// Points counts the points of all its series.
func (r *Run) Points() int { return r.points }

// Cache holds the runs that were read last.
type Cache struct {
	now func() time.Time

	mu     sync.Mutex
	most   int // points
	points int
	runs   map[string]*list.Element // of *Run, by id
	order  list.List                // the one asked for last is first
}

// New returns a cache that is empty.
func New(now func() time.Time) *Cache {
	return &Cache{now: now, most: maxPoints, runs: map[string]*list.Element{}}
}

// Get returns the series of a run, as they are now or were a moment ago. A damaged file gives what is whole of it.
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

// Clear forgets all runs.
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
	run := &Run{ID: r.ID, Series: map[string][]Point{}, Ended: r.Status().Ended()} // asked first: what comes after this is not missed
	// What is wrong with a file is of no use to somebody who looks at a chart; guild runs info tells it.
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
