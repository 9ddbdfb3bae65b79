package main

import (
	"fmt"
	"sync"
)

func main() {
	var group sync.WaitGroup
	squares := make([]int, 5)
	square := func(i int) {
		defer group.Done()
		squares[i] = i * i
	}

	i := 0
	for i < len(squares) {
		group.Add(1)
		go square(i) // i is evaluated here
		i++
	}

	group.Wait()
	fmt.Println(squares)
}
