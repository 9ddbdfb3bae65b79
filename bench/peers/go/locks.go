package main

import "sync"

// mutex1: one goroutine takes and leaves a mutex that nobody else wants.
func mutexAlone(n int) {
	var mu sync.Mutex
	counter := 0
	for range n {
		mu.Lock()
		counter++
		mu.Unlock()
	}
	if counter != n {
		panic("mutex1: increments lost")
	}
}

// rlock1: the same with the read side of a read-write mutex.
func readLockAlone(n int) {
	var mu sync.RWMutex
	counter := 0
	for range n {
		mu.RLock()
		counter++
		mu.RUnlock()
	}
	if counter != n {
		panic("rlock1: increments lost")
	}
}

// wg: Add and Done of a WaitGroup that nobody waits for yet.
func waitGroupAlone(n int) {
	var wg sync.WaitGroup
	wg.Add(1)
	for range n {
		wg.Add(1)
		wg.Done()
	}
	wg.Done()
	wg.Wait()
}
