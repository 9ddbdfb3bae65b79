package main

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// hog: one endless loop per P; how late a sleep of 1 ms wakes. n sleeps.
func hog(n int, m mode) result {
	var stop atomic.Bool
	var wg sync.WaitGroup
	hogs := runtime.GOMAXPROCS(0)
	wg.Add(hogs)
	for range hogs {
		go func() {
			for !stop.Load() {
			}
			wg.Done()
		}()
	}

	const duration = time.Millisecond
	for begin := time.Now(); time.Since(begin) < m.warmUp; {
		time.Sleep(duration)
	}
	late := make([]float64, n)
	for i := range late {
		start := time.Now()
		time.Sleep(duration)
		late[i] = float64((time.Since(start) - duration).Nanoseconds()) / 1e3
	}
	stop.Store(true)
	wg.Wait()
	return result{"ns_per_op": quantile(late, 0.5) * 1e3, "p50_us": quantile(late, 0.50), "p99_us": quantile(late, 0.99), "repetitions": 1}
}
