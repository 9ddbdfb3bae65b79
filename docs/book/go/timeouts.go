package main

import (
	"fmt"
	"time"
)

func ask(takes time.Duration) <-chan string {
	answer := make(chan string, 1) // with room, so that a late answer leaves no goroutine behind
	go func() {
		time.Sleep(takes)
		answer <- "an answer"
	}()
	return answer
}

func main() {
	select {
	case answer := <-ask(time.Hour):
		fmt.Println(answer)
	case <-time.After(10 * time.Millisecond):
		fmt.Println("too late")
	}

	select {
	case answer := <-ask(time.Millisecond):
		fmt.Println(answer)
	case <-time.After(time.Minute):
		fmt.Println("too late")
	}
}
