package main

import "sync"

const mutexUsers = 8

// mutex: 8 goroutines, one mutex around an increment.
func mutex(n int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	counter := 0
	wg.Add(mutexUsers)
	for range mutexUsers {
		go func() {
			for range n / mutexUsers {
				mu.Lock()
				counter++
				mu.Unlock()
			}
			wg.Done()
		}()
	}
	wg.Wait()
	if counter != n {
		panic("mutex: increments lost")
	}
}
