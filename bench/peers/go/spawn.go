package main

import "sync"

// spawn: n goroutines that only count a WaitGroup down.
func spawn(n int) {
	var wg sync.WaitGroup
	wg.Add(n)
	for range n {
		go func() {
			wg.Done()
		}()
	}
	wg.Wait()
}
