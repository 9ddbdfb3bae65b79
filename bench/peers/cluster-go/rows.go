package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
)

const limit = 30 * time.Second

// Prepares a row that needs one process, and warms it up. Returns what measures one turn; nil if this side does not have the row.
func prepareRow(row, url, name string, smoke bool) func() map[string]any {
	count := func(full, small int) int {
		if smoke {
			return small
		}
		return full
	}
	value := make([]byte, size)
	switch row {
	case "send":
		q := open(url, name)
		return latencies(count(1_000, 50), smoke, func() { check(q.send(value)) })
	case "send64":
		q := open(url, name)
		return wholes(count(5_000, 200), smoke, func(int) {}, func(n int) { sendAll(q, value, n) })
	case "receive":
		q := open(url, name)
		return wholes(count(1_000, 200), smoke, func(n int) { sendAll(q, value, n) }, func(n int) { workAll(q, 1, n) })
	case "receive64":
		q := open(url, name)
		return wholes(count(5_000, 200), smoke, func(n int) { sendAll(q, value, n) }, func(n int) { workAll(q, 64, n) })
	case "call":
		server := connect(url)
		_, err := server.QueueSubscribe("go.f."+name, "workers", func(m *nats.Msg) { check(m.Respond(m.Data)) })
		check(err)
		check(server.Flush())
		caller := connect(url)
		return latencies(count(1_000, 50), smoke, func() {
			_, err := caller.Request("go.f."+name, value, limit)
			check(err)
		})
	case "lock":
		js, err := connect(url).JetStream()
		check(err)
		store, err := js.CreateKeyValue(&nats.KeyValueConfig{Bucket: "go-locks", Storage: nats.FileStorage})
		check(err)
		return latencies(count(300, 20), smoke, func() {
			revision, err := store.Create(name, value[:16])
			check(err)
			check(store.Delete(name, nats.LastRevision(revision)))
		})
	}
	return nil
}

func sendAll(q *queue, value []byte, count int) {
	var left atomic.Int64
	left.Store(int64(count))
	var group sync.WaitGroup
	for range 64 {
		group.Add(1)
		go func() {
			defer group.Done()
			for left.Add(-1) >= 0 {
				check(q.send(value))
			}
		}()
	}
	within(fmt.Sprintf("%d values to be stored", count), group.Wait)
}

func workAll(q *queue, concurrency, count int) {
	ctx, stop := context.WithCancel(context.Background())
	var handled atomic.Int64
	all := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		q.work(ctx, concurrency, func([]byte) {
			if handled.Add(1) == int64(count) {
				close(all)
			}
		})
		close(ended)
	}()
	within(fmt.Sprintf("%d values to be handled", count), func() { <-all })
	stop()
	within("the end of the workers", func() { <-ended })
}

// Ends the process if a wait takes too long.
func within(what string, wait func()) {
	done := make(chan struct{})
	go func() {
		wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(limit):
		check(fmt.Errorf("waited %s for %s", limit, what))
	}
}

// A turn is so many operations, one after the other.
func latencies(count int, smoke bool, operation func()) func() map[string]any {
	if !smoke {
		for begun := time.Now(); time.Since(begun) < time.Second; {
			operation()
		}
	}
	each := make([]float64, count)
	return func() map[string]any {
		before := begin()
		for i := range each {
			begun := time.Now()
			operation()
			each[i] = float64(time.Since(begun).Nanoseconds()) / 1e3
		}
		figures := before.end(count)
		slices.Sort(each)
		figures["us_p50"] = each[count/2]
		figures["us_p99"] = each[count*99/100]
		return figures
	}
}

// A turn is so many operations, several at a time.
func wholes(count int, smoke bool, before, measured func(int)) func() map[string]any {
	if !smoke {
		for begun := time.Now(); time.Since(begun) < time.Second; {
			before(50)
			measured(50)
		}
	}
	return func() map[string]any {
		before(count)
		usage := begin()
		begun := time.Now()
		measured(count)
		microseconds := float64(time.Since(begun).Nanoseconds()) / 1e3 / float64(count)
		figures := usage.end(count)
		figures["us"] = microseconds
		return figures
	}
}

// What the process has used.
type usage struct {
	processor time.Duration
	allocated uint64
}

func begin() usage {
	var times syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &times))
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return usage{time.Duration(times.Utime.Nano() + times.Stime.Nano()), memory.TotalAlloc}
}

func (u usage) end(count int) map[string]any {
	now := begin()
	return map[string]any{
		"cpu_us":      float64((now.processor - u.processor).Nanoseconds()) / 1e3 / float64(count),
		"alloc_bytes": float64(now.allocated-u.allocated) / float64(count),
	}
}

var output sync.Mutex

func tell(format string, arguments ...any) {
	output.Lock()
	defer output.Unlock()
	fmt.Fprintf(os.Stdout, format+"\n", arguments...)
}
