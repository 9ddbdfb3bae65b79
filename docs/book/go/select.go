package main

import "fmt"

func main() {
	numbers := make(chan int)
	words := make(chan string)
	go func() { numbers <- 7 }()
	go func() { words <- "seven" }()

	var number int
	var word string
	for range 2 {
		select {
		case number = <-numbers:
		case word = <-words:
		}
	}

	fmt.Println(number, word)
}
