package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nuid"
)

const (
	ackWait  = time.Second
	capacity = 1_000_000
	size     = 100
)

// A queue on a connection of its own: a stream and a pull consumer, as those of the .NET sides.
type queue struct {
	conn    *nats.Conn
	js      nats.JetStreamContext
	sub     *nats.Subscription
	subject string
}

func connect(url string) *nats.Conn {
	conn, err := nats.Connect(url, nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond))
	check(err)
	return conn
}

func open(url, name string) *queue {
	conn := connect(url)
	js, err := conn.JetStream(nats.PublishAsyncMaxPending(64))
	check(err)
	stream, subject := "go-"+name, "go."+name
	_, err = js.AddStream(&nats.StreamConfig{
		Name: stream, Subjects: []string{subject}, Retention: nats.WorkQueuePolicy, Storage: nats.FileStorage,
		MaxMsgs: capacity, Discard: nats.DiscardNew, Duplicates: 2 * time.Minute,
	})
	check(err)
	_, err = js.AddConsumer(stream, &nats.ConsumerConfig{
		Durable: "workers", AckPolicy: nats.AckExplicitPolicy, AckWait: ackWait, MaxDeliver: -1, MaxAckPending: capacity,
	})
	check(err)
	sub, err := js.PullSubscribe(subject, "workers", nats.Bind(stream, "workers"))
	check(err)
	return &queue{conn, js, sub, subject}
}

func (q *queue) send(value []byte) error {
	_, err := q.js.Publish(q.subject, value, nats.MsgId(nuid.Next()))
	return err
}

// Handles values until the context ends, each in one of so many goroutines.
func (q *queue) work(ctx context.Context, concurrency int, handle func([]byte)) {
	places := make(chan struct{}, concurrency)
	var running sync.WaitGroup
	for ctx.Err() == nil {
		places <- struct{}{}
		batch := concurrency - len(places) + 1
		fetch, cancel := context.WithTimeout(ctx, time.Second)
		messages, err := q.sub.Fetch(batch, nats.Context(fetch))
		cancel()
		<-places
		if err != nil && !errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			time.Sleep(10 * time.Millisecond) // the connection is down
		}
		for _, message := range messages {
			places <- struct{}{}
			running.Add(1)
			go func() {
				defer running.Done()
				handle(message.Data)
				_ = message.AckSync() // not confirmed: the value comes again
				<-places
			}()
		}
	}
	running.Wait()
}

func (q *queue) holdOne() {
	messages, err := q.sub.Fetch(1, nats.MaxWait(20*time.Second))
	check(err)
	go func() {
		for {
			_ = messages[0].InProgress()
			time.Sleep(ackWait / 3)
		}
	}()
}
