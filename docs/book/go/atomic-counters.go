package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

func main() {
	var total atomic.Int64
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			for range 1000 {
				total.Add(1)
			}
		})
	}

	group.Wait()
	fmt.Println(total.Load())
}
