// The Go side of bench/cluster: `cluster-go SIDE ROW-OR-ROLE URL QUEUE [N] [M] [--smoke]`, as bench/peers/cluster.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"

	"github.com/nats-io/nats.go"
)

func main() {
	if len(os.Args) < 5 {
		fmt.Fprintln(os.Stderr, "usage: cluster-go SIDE ROW-OR-ROLE URL QUEUE [N] [M] [--smoke]")
		os.Exit(2)
	}

	verb, url, name := os.Args[2], os.Args[3], os.Args[4]
	smoke := os.Args[len(os.Args)-1] == "--smoke"
	if runRole(verb, url, name, number(5), number(6)) {
		return
	}

	turn := prepareRow(verb, url, name, smoke)
	if turn == nil {
		fmt.Println("{}")
		return
	}
	tellJSON(map[string]any{"runtime": runtime.Version(), "settings": fmt.Sprintf("nats.go %s GOMAXPROCS=%d", nats.Version, runtime.GOMAXPROCS(0))})
	for input := bufio.NewScanner(os.Stdin); input.Scan(); {
		tellJSON(turn())
	}
}

func tellJSON(values map[string]any) {
	line, err := json.Marshal(values)
	check(err)
	fmt.Println(string(line))
}

func number(index int) int {
	if index >= len(os.Args) {
		return 0
	}
	n, _ := strconv.Atoi(os.Args[index])
	return n
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
