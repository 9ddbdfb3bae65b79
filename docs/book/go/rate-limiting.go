package main

import (
	"fmt"
	"time"
)

func main() {
	requests := make(chan int, 5)
	for request := 1; request <= 5; request++ {
		requests <- request
	}
	close(requests)

	// Three at once, then one every 5 ms.
	permits := make(chan struct{}, 3)
	for range cap(permits) {
		permits <- struct{}{}
	}
	go func() {
		for range time.Tick(5 * time.Millisecond) {
			permits <- struct{}{}
		}
	}()

	begun := time.Now()
	for request := range requests {
		<-permits
		fmt.Println("request", request)
	}
	fmt.Println("took 10 ms or more:", time.Since(begun) >= 10*time.Millisecond)
}
