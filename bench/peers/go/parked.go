package main

import (
	"runtime/debug"
	"sync"
	"time"
)

// parked: n goroutines waiting on one channel: resident bytes each; time to spawn one; time to wake one by sending it
// a value.
//
// The first round in a process takes its memory from the system, which costs more than all else and says how much a
// goroutine needs; the times of the later rounds, which find that memory there, are given apart.
func parked(n int, m mode) result {
	for begin := time.Now(); time.Since(begin) < m.warmUp; {
		park(1000, nil)
	}

	before := settledBytes()
	var bytesEach float64
	spawnFirst, wakeFirst := park(n, func() {
		bytesEach = float64(settledBytes()-before) / float64(n)
	})
	var spawns, wakes []float64
	for len(spawns) < min(m.minRepetitions, 3) {
		spawn, wake := park(n, nil)
		spawns = append(spawns, spawn)
		wakes = append(wakes, wake)
	}
	spawn, wake := quantile(spawns, 0.5), quantile(wakes, 0.5)
	return result{
		"ns_per_op":      spawn + wake,
		"bytes_each":     bytesEach,
		"spawn_ns":       spawn,
		"wake_ns":        wake,
		"spawn_first_ns": spawnFirst,
		"wake_first_ns":  wakeFirst,
		"repetitions":    len(spawns),
	}
}

func park(n int, whileParked func()) (spawnNs, wakeNs float64) {
	ch := make(chan int)
	var started, woken sync.WaitGroup
	started.Add(n)
	woken.Add(n)

	start := time.Now()
	for range n {
		go func() {
			started.Done()
			<-ch
			woken.Done()
		}()
	}
	started.Wait()
	spawnNs = float64(time.Since(start).Nanoseconds()) / float64(n)

	if whileParked != nil {
		whileParked()
	}

	start = time.Now()
	for i := range n {
		ch <- i
	}
	woken.Wait()
	wakeNs = float64(time.Since(start).Nanoseconds()) / float64(n)
	return spawnNs, wakeNs
}

// settledBytes is the resident memory after a full collection that gives back to the system what it can.
func settledBytes() int64 {
	debug.FreeOSMemory()
	return residentBytes()
}
