package main

import (
	"fmt"
	"time"
)

func main() {
	ticker := time.NewTicker(2 * time.Millisecond)
	defer ticker.Stop()

	for tick := 1; tick <= 3; tick++ {
		<-ticker.C
		fmt.Println("tick", tick)
	}
}
