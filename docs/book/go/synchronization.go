package main

import (
	"fmt"
	"time"
)

func work(done chan<- struct{}) {
	fmt.Println("working")
	time.Sleep(time.Millisecond)
	fmt.Println("worked")
	close(done)
}

func main() {
	done := make(chan struct{})
	go work(done)
	<-done
	fmt.Println("all done")
}
