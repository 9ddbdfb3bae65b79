package main

import (
	"fmt"
	"time"
)

func main() {
	first := time.NewTimer(5 * time.Millisecond)
	<-first.C
	fmt.Println("the first fired")

	second := time.AfterFunc(time.Hour, func() { fmt.Println("never printed") })
	if second.Stop() {
		fmt.Println("the second was stopped")
	}

	third := time.NewTimer(time.Hour)
	third.Reset(time.Millisecond)
	<-third.C
	fmt.Println("the third was moved, and fired")
}
