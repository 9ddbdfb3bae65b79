package main

import (
	"fmt"
	"sync"
)

type stock struct {
	mu    sync.Mutex
	items map[string]int
}

func (s *stock) add(item string, count int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[item] += count
}

func main() {
	shop := stock{items: map[string]int{"tea": 0, "rice": 0}}
	var group sync.WaitGroup
	for range 100 {
		group.Go(func() { shop.add("tea", 1) })
		group.Go(func() { shop.add("rice", 2) })
	}

	group.Wait()
	fmt.Println("tea", shop.items["tea"], "rice", shop.items["rice"])
}
