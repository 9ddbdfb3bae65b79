// The Go peer: `peer WORKLOAD [--n N] [--smoke | --cold]` runs one workload and prints one line of JSON.
//
// Each workload stands in a file of its own, beside its counterpart in ../goroutines and ../dotnet.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
)

// A workload's figures by name; "ns_per_op" is the main one.
type result map[string]any

type workload struct {
	n    int                        // operations, unless --n says otherwise
	unit int                        // n is rounded up to a multiple of this
	run  func(n int, m mode) result // warms up, measures
}

var workloads = map[string]workload{
	"spawn":         {1_000_000, 1, repeated(spawn)},
	"chansync":      {1_000_000, 2, repeated(chansync)},
	"prodcons0":     {1_000_000, 1, repeated(prodcons(0))},
	"prodcons10":    {2_000_000, 1, repeated(prodcons(10))},
	"prodcons100":   {4_000_000, 1, repeated(prodcons(100))},
	"fanin":         {1_000_000, fanInSenders, repeated(fanIn)},
	"select2":       {1_000_000, 2, repeated(select2)},
	"selectdefault": {20_000_000, 1, repeated(selectDefault)},
	"mutex":         {4_000_000, mutexUsers, repeated(mutex)},
	"gosched":       {2_000_000, yielders, repeated(gosched)},
	"sieve":         {1500, 1, repeated(sieve)},
	"skynet":        {1_000_000, 1, repeated(skynet)},
	"sleepers":      {100_000, 1, sleepers},
	"parked":        {1_000_000, 1, parked},
	"hog":           {300, 1, hog},
	"garbage":       {1_000_000, 1, garbage},
	"echo":          {128_000, echoConnections, repeated(echo(echoConnections, echoBytes))},
	"echo8":         {128_000, 8, repeated(echo(8, echoBytes))},
	"echo512":       {128_000, 512, repeated(echo(512, echoBytes))},
	"echo4096":      {131_072, 4096, repeated(echo(4096, echoBytes))},
	"echofw":        {128_000, echoConnections, repeated(echo(echoConnections, echoBytes))}, // as here the standard library reads in full
	"echo4k":        {128_000, echoConnections, repeated(echo(echoConnections, echoLarge))},
	"tls":           {64_000, echoConnections, repeated(tlsEcho)},
	"lines":         {128_000, echoConnections, repeated(lines)},
	"copy":          {512, relays, relayed},
	"selectnew":     {1_000_000, 2, repeated(selectNew)},
	"mutex1":        {20_000_000, 1, repeated(mutexAlone)},
	"rlock1":        {20_000_000, 1, repeated(readLockAlone)},
	"wg":            {20_000_000, 1, repeated(waitGroupAlone)},
	"cond":          {100_000, 1, repeated(cond)},
	"errgroup":      {500_000, groupTasks, repeated(errGroup)},
	"ctx":           {111_000, contextTree, repeated(contexts)},
	"timerreset":    {1_000_000, 1, repeated(timerReset)},
	"ring":          {1_000_000, 1, repeated(ring)},
	"chameneos":     {500_000, 1, repeated(chameneos)},
	"syncjob":       {100_000, 1, repeated(syncJob)},
	"outside1":      {1_000_000, 1, repeated(outside(1))},
	"outside":       {1_000_000, 8, repeated(outside(8))},
	"lowload":       {1_000, 1, lowLoad},
	"stackful":      {200_000, 2, repeated(chansync)}, // as every goroutine of Go is
}

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	name := os.Args[1]
	w, ok := workloads[name]
	if !ok {
		usage()
	}
	flags := flag.NewFlagSet(name, flag.ExitOnError)
	n := flags.Int("n", w.n, "operations")
	cold := flags.Bool("cold", false, "half a second, after a tenth of the work as warm-up")
	smoke := flags.Bool("smoke", false, "one repetition, no warm-up: does it run at all")
	flags.Parse(os.Args[2:])
	if *n < 1 || flags.NArg() > 0 {
		usage()
	}

	m := thorough
	if *smoke {
		m = quick
	}
	if *cold {
		m = fresh
	}
	ops := (*n + w.unit - 1) / w.unit * w.unit
	r := w.run(ops, m)
	r["workload"] = name
	r["n"] = ops
	r["runtime"] = runtime.Version()
	r["settings"] = fmt.Sprintf("GOMAXPROCS=%d", runtime.GOMAXPROCS(0))
	line, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}

func usage() {
	names := make([]string, 0, len(workloads))
	for name := range workloads {
		names = append(names, name)
	}
	slices.Sort(names)
	fmt.Fprintf(os.Stderr, "usage: peer WORKLOAD [--n N] [--smoke | --cold]\nworkloads: %s\n", strings.Join(names, " "))
	os.Exit(2)
}
