package main

import "fmt"

func main() {
	messages := make(chan string)

	go func() { messages <- "ping" }()

	message := <-messages // waits for the sender, as the sender waits for us
	fmt.Println(message)
}
