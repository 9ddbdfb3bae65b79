package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
)

func main() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)

	go exec.Command("kill", "-TERM", strconv.Itoa(os.Getpid())).Run() // in earnest: the system, or Ctrl+C

	fmt.Println("waiting")
	<-signals
	fmt.Println("SIGTERM: cleaning up")
}
