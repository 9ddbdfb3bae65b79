// The other end of samples/cluster.cs in Go, with nats.go: what Goroutines.Cluster.Nats sends is a message with a JSON body and a few headers.
//
//	cluster-go work     a worker, until it is killed: takes parts, counts their words, reports each, acknowledges it
//	cluster-go send     sends parts, and answers the workers' reports
//
// It is built and run by the check beside it. The channel is made by the first program in C# that opens it; until then, this one waits.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
)

// The names under the namespace "goroutines". A name is escaped: a byte other than a letter, a digit, - and _ becomes ~ and two hexadecimal digits.
const (
	stream   = "goroutines-q-parts"    // the channel: a stream with WorkQueue retention
	subject  = "goroutines.q.parts"    // a sender publishes here
	consumer = "workers"               // all receivers share this pull consumer
	dead     = "goroutines.dead.parts" // dead letters
	add      = "goroutines.f.add"      // the function "add"
)

type part struct {
	Number int
	Text   string
}

type counted struct {
	Number int
	Words  int
}

func main() {
	conn, err := nats.Connect(os.Getenv("NATS_URL"), nats.MaxReconnects(-1))
	check(err)
	js, err := conn.JetStream()
	check(err)
	switch os.Args[1] {
	case "work":
		work(conn, js)
	case "send":
		send(conn, js)
	}
}

func work(conn *nats.Conn, js nats.JetStreamContext) {
	waitForChannel(js)
	receiver, err := js.PullSubscribe(subject, consumer, nats.Bind(stream, consumer))
	check(err)
	for {
		messages, err := receiver.Fetch(1)
		if errors.Is(err, nats.ErrTimeout) {
			continue // nothing came
		}
		check(err)
		handle(conn, js, messages[0])
	}
}

func handle(conn *nats.Conn, js nats.JetStreamContext, message *nats.Msg) {
	var p part
	if err := json.Unmarshal(message.Data, &p); err != nil || p.Number < 0 {
		bury(js, message, "a part has a number")
		return
	}

	// A message that is worked on for longer than the channel's AckWait needs message.InProgress() before that.
	request, err := json.Marshal(counted{p.Number, len(bytes.Fields([]byte(p.Text)))})
	check(err)
	reply, err := conn.Request(add, request, 10*time.Second)
	check(err)
	if status := reply.Header.Get("Goroutines-Status"); status != "" { // "busy", or "failed": the body is the exception's type and message
		check(message.NakWithDelay(time.Second))
		return
	}
	check(message.AckSync()) // confirmed: no receiver gets it again
}

// Stores a dead letter, and then removes the value. The id follows from the place in the stream, so that a second attempt stores nothing.
func bury(js nats.JetStreamContext, message *nats.Msg, reason string) {
	place, err := message.Metadata()
	check(err)
	letter := nats.NewMsg(dead)
	letter.Data = message.Data
	letter.Header.Set("Content-Type", message.Header.Get("Content-Type"))
	letter.Header.Set("Goroutines-Dead-Reason", reason)
	letter.Header.Set("Goroutines-Dead-Error", reason)
	letter.Header.Set("Goroutines-Dead-Attempts", strconv.FormatUint(place.NumDelivered, 10))
	letter.Header.Set("Goroutines-Dead-Id", message.Header.Get(nats.MsgIdHdr))
	_, err = js.PublishMsg(letter, nats.MsgId(fmt.Sprintf("parts:%d", place.Sequence.Stream)))
	check(err)
	check(message.AckSync())
}

func waitForChannel(js nats.JetStreamContext) {
	for {
		_, err := js.ConsumerInfo(stream, consumer)
		if err == nil {
			return
		}
		if !errors.Is(err, nats.ErrStreamNotFound) && !errors.Is(err, nats.ErrConsumerNotFound) {
			check(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func send(conn *nats.Conn, js nats.JetStreamContext) {
	const parts = 20
	waitForChannel(js)
	words := make(map[int]int) // at least once: a part that is reported again changes nothing
	all := make(chan struct{})
	_, err := conn.QueueSubscribe(add, "workers", func(request *nats.Msg) {
		var c counted
		check(json.Unmarshal(request.Data, &c))
		if _, known := words[c.Number]; !known {
			words[c.Number] = c.Words
			if len(words) == parts {
				defer close(all)
			}
		}
		check(request.Respond([]byte(strconv.Itoa(len(words)))))
	})
	check(err)
	for i := range parts {
		body, err := json.Marshal(part{i, "two words"})
		check(err)
		message := nats.NewMsg(subject)
		message.Data = body
		message.Header.Set("Content-Type", "application/json")
		for {
			_, err = js.PublishMsg(message, nats.MsgId(fmt.Sprintf("go %d", i))) // the id: sent twice, the part is stored once
			if err == nil {
				break
			}
			fmt.Println("sends again:", err) // the channel is full, or the answer was lost
			time.Sleep(100 * time.Millisecond)
		}
	}

	select {
	case <-all:
	case <-time.After(30 * time.Second):
		check(fmt.Errorf("waited 30 s for %d parts to be counted, of which %d were", parts, len(words)))
	}
	sum := 0
	for _, count := range words {
		sum += count
	}
	fmt.Printf("%d parts sent, %d counted, %d words\n", parts, len(words), sum)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
