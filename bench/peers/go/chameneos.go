package main

import "sync"

const creatures = 4

type creature struct {
	colour int
	met    chan int
}

// chameneos: creatures come to one place, where always two of them meet, see the other's colour and change their own. An operation
// is one meeting.
func chameneos(n int) {
	place := make(chan creature)
	var wg sync.WaitGroup
	var meetings [creatures]int
	wg.Add(creatures)
	for i := range creatures {
		go func() {
			defer wg.Done()
			me := creature{i % 3, make(chan int)}
			for {
				place <- me
				other := <-me.met
				if other < 0 {
					return
				}
				meetings[i]++
				if other != me.colour {
					me.colour = 3 - other - me.colour
				}
			}
		}()
	}
	for range n {
		one, two := <-place, <-place
		one.met <- two.colour
		two.met <- one.colour
	}
	for range creatures {
		(<-place).met <- -1
	}
	wg.Wait()
	sum := 0
	for _, count := range meetings {
		sum += count
	}
	if sum != 2*n {
		panic("chameneos: meetings lost")
	}
}
