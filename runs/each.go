package runs

import (
	"sync"
	"sync/atomic"
)

// Each calls do with 0 to n-1. Where n is large it does so from several goroutines: over NFS the time of a look at a run is
// that of a round trip, in which other runs can be looked at.
func Each(n int, do func(int)) {
	const few, most, large = 32, 8, 64
	workers := min(most, n/few)
	if workers < 2 {
		for i := range n {
			do(i)
		}
		return
	}
	size := max(1, min(large, n/(workers*8))) // such that there are enough parts for all goroutines to the end
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				to := int(next.Add(int64(size)))
				if to-size >= n {
					return
				}
				for i := to - size; i < min(to, n); i++ {
					do(i)
				}
			}
		})
	}
	wg.Wait()
}
