package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)

	fmt.Println("waiting")
	syscall.Kill(syscall.Getpid(), syscall.SIGTERM) // in earnest: the system, or Ctrl+C

	<-signals
	fmt.Println("SIGTERM: cleaning up")
}
