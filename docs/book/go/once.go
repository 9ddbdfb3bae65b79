package main

import (
	"fmt"
	"sync"
)

func main() {
	settings := sync.OnceValue(func() string {
		fmt.Println("loading")
		return "loaded"
	})

	var group sync.WaitGroup
	results := make([]string, 3)
	for i := range results {
		group.Go(func() { results[i] = settings() })
	}
	group.Wait()
	fmt.Println(results)
}
