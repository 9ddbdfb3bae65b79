package main

import "sync"

const condUsers = 8

// cond: 8 goroutines meet again and again; the last to come broadcasts to the others. An operation is one such round.
func cond(n int) {
	var mu sync.Mutex
	met := sync.NewCond(&mu)
	round, waiting := 0, 0
	var wg sync.WaitGroup
	wg.Add(condUsers)
	for range condUsers {
		go func() {
			for i := range n {
				mu.Lock()
				waiting++
				if waiting == condUsers {
					waiting = 0
					round++
					met.Broadcast()
				} else {
					for round == i {
						met.Wait()
					}
				}
				mu.Unlock()
			}
			wg.Done()
		}()
	}
	wg.Wait()
	if round != n {
		panic("cond: rounds lost")
	}
}
