package main

import (
	"fmt"
	"reflect"
)

// sum receives from every channel until all are closed.
func sum(channels []chan int) int {
	var cases []reflect.SelectCase
	for _, channel := range channels {
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(channel)})
	}

	total := 0
	for len(cases) > 0 {
		chosen, value, ok := reflect.Select(cases)
		if ok {
			total += int(value.Int())
		} else {
			cases = append(cases[:chosen], cases[chosen+1:]...)
		}
	}
	return total
}

func main() {
	channels := make([]chan int, 10)
	for i := range channels {
		channels[i] = make(chan int)
		go func() {
			channels[i] <- i
			close(channels[i])
		}()
	}
	fmt.Println(sum(channels))
}
