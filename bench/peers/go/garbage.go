package main

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	garbagePerTurn = 1000
	garbageSize    = 128
)

var garbageLast []byte

// garbage: n goroutines are parked; one makes garbage as fast as it can; how late a sleep of 1 ms wakes meanwhile.
func garbage(n int, m mode) result {
	gate := make(chan int)
	var started sync.WaitGroup
	started.Add(n)
	for range n {
		go func() {
			started.Done()
			<-gate
		}()
	}
	started.Wait()
	start := time.Now()
	runtime.GC()
	full := time.Since(start)

	var stop atomic.Bool
	var made atomic.Int64
	var maker sync.WaitGroup
	maker.Go(func() {
		for !stop.Load() {
			for range garbagePerTurn {
				garbageLast = make([]byte, garbageSize)
			}
			made.Add(garbagePerTurn)
			runtime.Gosched()
		}
	})
	const duration = time.Millisecond
	for begin := time.Now(); time.Since(begin) < m.warmUp; {
		time.Sleep(duration)
	}

	var late []float64
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	madeBefore := made.Load()
	measured := time.Now()
	for time.Since(measured) < 2*m.measured || len(late) < 3 {
		start := time.Now()
		time.Sleep(duration)
		late = append(late, float64((time.Since(start)-duration).Nanoseconds())/1e3)
	}
	elapsed := float64(time.Since(measured).Nanoseconds())
	objects := max(1, made.Load()-madeBefore)
	runtime.ReadMemStats(&after)
	stop.Store(true)
	maker.Wait()
	close(gate)
	return result{
		"ns_per_op":      elapsed / float64(objects),
		"late_p50_us":    quantile(late, 0.50),
		"late_p99_us":    quantile(late, 0.99),
		"late_max_us":    slices.Max(late),
		"paused_percent": 100 * float64(after.PauseTotalNs-before.PauseTotalNs) / elapsed,
		"collections":    after.NumGC - before.NumGC,
		"full_ms":        float64(full.Nanoseconds()) / 1e6,
		"repetitions":    1,
	}
}
