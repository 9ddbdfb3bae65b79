package main

import (
	"fmt"
	"sync"
	"time"
)

func main() {
	var group sync.WaitGroup
	lengths := make([]int, 3)
	for i, word := range []string{"share", "by", "communicating"} {
		group.Go(func() {
			time.Sleep(time.Millisecond)
			lengths[i] = len(word)
		})
	}

	group.Wait()
	fmt.Println(lengths)
}
