package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"sync"
	"time"
)

// tls: echo through TLS, with a certificate of its own.
func tlsEcho(n int) {
	config := &tls.Config{Certificates: []tls.Certificate{certificate()}, MinVersion: tls.VersionTLS13}
	exchange(n,
		func(conn net.Conn) io.ReadWriteCloser { return tls.Server(conn, config) },
		func(conn net.Conn) io.ReadWriteCloser {
			return tls.Client(conn, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13})
		})
}

func exchange(n int, server, client func(net.Conn) io.ReadWriteCloser) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serveStream(server(conn))
		}
	}()
	var wg sync.WaitGroup
	wg.Add(echoConnections)
	for range echoConnections {
		go func() {
			conn, err := net.Dial("tcp", listener.Addr().String())
			check(err)
			stream := client(conn)
			buffer := make([]byte, echoBytes)
			for range n / echoConnections {
				_, err = stream.Write(buffer)
				check(err)
				_, err = io.ReadFull(stream, buffer)
				check(err)
			}
			conn.Close()
			wg.Done()
		}()
	}
	wg.Wait()
	listener.Close()
}

func serveStream(stream io.ReadWriteCloser) {
	defer stream.Close()
	buffer := make([]byte, echoBytes)
	for {
		if _, err := io.ReadFull(stream, buffer); err != nil {
			return
		}
		if _, err := stream.Write(buffer); err != nil {
			return
		}
	}
}

func certificate() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	check(err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// lines: a line there and back, by bufio.
func lines(n int) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serveLines(conn)
		}
	}()
	var wg sync.WaitGroup
	wg.Add(echoConnections)
	for range echoConnections {
		go func() {
			conn, err := net.Dial("tcp", listener.Addr().String())
			check(err)
			reader, writer := bufio.NewReader(conn), bufio.NewWriter(conn)
			for range n / echoConnections {
				_, err = writer.WriteString("the quick brown fox jumps over the lazy dog\n")
				check(err)
				check(writer.Flush())
				_, err = reader.ReadString('\n')
				check(err)
			}
			conn.Close()
			wg.Done()
		}()
	}
	wg.Wait()
	listener.Close()
}

func serveLines(conn net.Conn) {
	defer conn.Close()
	reader, writer := bufio.NewReader(conn), bufio.NewWriter(conn)
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			return
		}
		if _, err = writer.WriteString(line); err != nil {
			return
		}
		if writer.Flush() != nil {
			return
		}
	}
}
