package main

import "fmt"

func main() {
	queue := make(chan string, 2)
	queue <- "one"
	queue <- "two"
	close(queue) // what is in the buffer still arrives

	for item := range queue {
		fmt.Println(item)
	}
}
