package main

import (
	"io"
	"net"
	"sync"
)

const (
	echoConnections = 64
	echoBytes       = 128
	echoLarge       = 4096
)

// echo: TCP connections on loopback (64, or as many as the name says), request and reply of 128 bytes or 4 KiB. An operation
// is one exchange.
func echo(connections, bytes int) func(n int) {
	return func(n int) { echoOver(connections, bytes, n) }
}

func echoOver(connections, bytes, n int) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serve(conn, bytes)
		}
	}()

	var wg sync.WaitGroup
	wg.Add(connections)
	for range connections {
		go func() {
			conn, err := net.Dial("tcp", listener.Addr().String())
			check(err)
			buffer := make([]byte, bytes)
			for range n / connections {
				_, err = conn.Write(buffer)
				check(err)
				_, err = io.ReadFull(conn, buffer)
				check(err)
			}
			conn.Close()
			wg.Done()
		}()
	}
	wg.Wait()
	listener.Close()
}

func serve(conn net.Conn, bytes int) {
	defer conn.Close()
	buffer := make([]byte, bytes)
	for {
		if _, err := io.ReadFull(conn, buffer); err != nil {
			return
		}
		if _, err := conn.Write(buffer); err != nil {
			return
		}
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
