package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Is one process of several; false if there is no such role.
func runRole(role, url, name string, first, second int) bool {
	input := bufio.NewScanner(os.Stdin)
	switch role {
	case "work":
		work(open(url, name), input, first, time.Duration(second)*time.Microsecond)
	case "hold":
		q := open(url, name)
		tell("ready")
		q.holdOne()
		tell("holding")
		toEnd(input)
	case "batches":
		q := open(url, name)
		tell("ready")
		for input.Scan() {
			count, err := strconv.Atoi(input.Text())
			check(err)
			batch(q, count)
		}
	case "flow":
		flow(open(url, name), open(url, name), input)
	default:
		return false
	}
	return true
}

func work(q *queue, input *bufio.Scanner, concurrency int, duration time.Duration) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		q.work(ctx, concurrency, func(value []byte) {
			begun := time.Now()
			if duration > 0 {
				time.Sleep(duration)
			}
			tell("done %d %d %d", sentAt(value), now(), time.Since(begun).Microseconds())
		})
		close(ended)
	}()
	tell("ready")
	toEnd(input)
	stop()
	within("the end of the workers", func() { <-ended })
}

func batch(q *queue, count int) {
	tell("begun %d", now())
	var left atomic.Int64
	left.Store(int64(count))
	var group sync.WaitGroup
	for range 16 {
		group.Add(1)
		go func() {
			defer group.Done()
			for left.Add(-1) >= 0 {
				check(q.send(stamped()))
			}
		}()
	}
	within(fmt.Sprintf("%d values to be stored", count), group.Wait)
	tell("sent")
}

func flow(q, receiver *queue, input *bufio.Scanner) {
	ctx, stop := context.WithCancel(context.Background())
	go receiver.work(ctx, 1, func(value []byte) { tell("done %d %d 0", sentAt(value), now()) })
	go func() {
		for ctx.Err() == nil {
			if err := q.send(stamped()); err != nil {
				time.Sleep(5 * time.Millisecond) // the client leaves it to its caller to send again
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	tell("ready")
	toEnd(input)
	stop()
}

func toEnd(input *bufio.Scanner) {
	for input.Scan() {
	}
}

func stamped() []byte {
	value := make([]byte, size)
	binary.LittleEndian.PutUint64(value, uint64(now()))
	return value
}

func sentAt(value []byte) int64 { return int64(binary.LittleEndian.Uint64(value)) }

func now() int64 { return time.Now().UnixMicro() }
