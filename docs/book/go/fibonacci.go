package main

import "fmt"

func fibonacci(numbers chan<- int, quit <-chan struct{}) {
	x, y := 0, 1
	for {
		select {
		case numbers <- x:
			x, y = y, x+y
		case <-quit:
			fmt.Println("quit")
			return
		}
	}
}

func main() {
	numbers := make(chan int)
	quit := make(chan struct{})
	go func() {
		for range 10 {
			fmt.Println(<-numbers)
		}
		close(quit)
	}()
	fibonacci(numbers, quit)
}
