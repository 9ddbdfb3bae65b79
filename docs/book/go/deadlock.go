package main

import "fmt"

func main() {
	a, b := make(chan int), make(chan int)
	go func() {
		<-a // waits for main,
		b <- 1
	}()
	fmt.Println("main waits for b, and nobody sends")
	<-b // which waits for it
	a <- 1
}
