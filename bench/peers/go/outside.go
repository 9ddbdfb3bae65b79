package main

import (
	"runtime"
	"sync"
)

// outside: threads that are not the scheduler's start goroutines, each of which counts a WaitGroup down. In Go a goroutine that is
// locked to its thread comes closest.
func outside(threads int) func(n int) {
	return func(n int) {
		var started, ended sync.WaitGroup
		started.Add(threads)
		ended.Add(n)
		for range threads {
			go func() {
				runtime.LockOSThread()
				for range n / threads {
					go ended.Done()
				}
				started.Done()
			}()
		}
		started.Wait()
		ended.Wait()
	}
}
