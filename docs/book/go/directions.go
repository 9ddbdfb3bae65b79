package main

import "fmt"

func ping(out chan<- string, message string) {
	out <- message
}

func pong(in <-chan string, out chan<- string) {
	out <- <-in + ", returned"
}

func main() {
	pings := make(chan string, 1)
	pongs := make(chan string, 1)
	ping(pings, "served")
	pong(pings, pongs)
	fmt.Println(<-pongs)
}
