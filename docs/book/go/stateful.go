package main

import (
	"fmt"
	"sync"
)

type read struct {
	key   int
	reply chan int
}

type write struct {
	key, value int
}

func own(reads <-chan read, writes <-chan write) {
	state := map[int]int{} // only this goroutine ever sees it
	for {
		select {
		case r := <-reads:
			r.reply <- state[r.key]
		case w := <-writes:
			state[w.key] += w.value
		}
	}
}

func main() {
	reads := make(chan read)
	writes := make(chan write)
	go own(reads, writes)

	var group sync.WaitGroup
	for range 100 {
		group.Go(func() { writes <- write{key: 1, value: 2} })
	}
	group.Wait()

	request := read{key: 1, reply: make(chan int)}
	reads <- request
	fmt.Println(<-request.reply)
}
