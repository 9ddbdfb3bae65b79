package main

import (
	"fmt"
	"os"
)

func run() int {
	defer fmt.Println("cleaned up") // os.Exit runs no deferred calls, so keep it out of here
	return 3
}

func main() {
	os.Exit(run())
}
