package main

import (
	"runtime"
	"sync"
)

const yielders = 4

// gosched: 4 goroutines that yield.
func gosched(n int) {
	var wg sync.WaitGroup
	wg.Add(yielders)
	for range yielders {
		go func() {
			for range n / yielders {
				runtime.Gosched()
			}
			wg.Done()
		}()
	}
	wg.Wait()
}
