package main

import "fmt"

func main() {
	letters := make(chan string, 2)

	letters <- "alpha" // there is room: nobody needs to receive yet
	letters <- "beta"
	fmt.Println(len(letters), cap(letters))

	fmt.Println(<-letters)
	fmt.Println(<-letters)
}
