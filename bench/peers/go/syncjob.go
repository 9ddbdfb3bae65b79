package main

import (
	"sync"
	"sync/atomic"
)

// syncjob: bodies of plain code, some 2 µs of arithmetic each, that never wait.
func syncJob(n int) {
	var wg sync.WaitGroup
	var sum atomic.Uint64
	wg.Add(n)
	for i := range n {
		go func() {
			sum.Add(scramble(uint64(i) + 1))
			wg.Done()
		}()
	}
	wg.Wait()
	if sum.Load() == 0 {
		panic("syncjob: no work done")
	}
}

func scramble(x uint64) uint64 {
	for range 1000 {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}
