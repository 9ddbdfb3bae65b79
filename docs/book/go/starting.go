package main

import (
	"fmt"
	"sync"
)

func count(name string) {
	for i := range 3 {
		fmt.Println(name, i)
	}
}

func main() {
	count("called")

	var group sync.WaitGroup
	group.Go(func() { count("spawned") })
	group.Wait()

	answer := make(chan int)
	go func() { answer <- 6 * 7 }()
	fmt.Println(<-answer)
}
