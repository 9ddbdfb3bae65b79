package main

import (
	"io"
	"net"
	"sync"
	"time"
)

const relays = 4

// copy: n MiB from four clients through a relay, which copies from connection to connection, to a server that reads them away.
func relayed(n int, m mode) result {
	body := func(n int) {
		sink, err := net.Listen("tcp", "127.0.0.1:0")
		check(err)
		relay, err := net.Listen("tcp", "127.0.0.1:0")
		check(err)
		var wg sync.WaitGroup
		wg.Add(relays)
		for range relays {
			go func() {
				in, err := relay.Accept()
				check(err)
				out, err := net.Dial("tcp", sink.Addr().String())
				check(err)
				_, err = io.Copy(out, in)
				check(err)
				out.Close()
				in.Close()
			}()
			go func() {
				conn, err := sink.Accept()
				check(err)
				read, buffer := 0, make([]byte, 128<<10)
				for {
					n, err := conn.Read(buffer)
					read += n
					if err != nil {
						break
					}
				}
				conn.Close()
				if read != n/relays<<20 {
					panic("copy: bytes lost")
				}
				wg.Done()
			}()
			go func() {
				conn, err := net.Dial("tcp", relay.Addr().String())
				check(err)
				buffer := make([]byte, 128<<10)
				for range n / relays * 8 {
					_, err = conn.Write(buffer)
					check(err)
				}
				conn.Close()
			}()
		}
		wg.Wait()
		sink.Close()
		relay.Close()
	}
	for begin := time.Now(); time.Since(begin) < m.warmUp; {
		body(n)
	}
	var each, cpu []float64
	for begin := time.Now(); len(each) < m.minRepetitions || time.Since(begin) < m.measured; {
		start, startCPU := time.Now(), processorTime()
		body(n)
		each = append(each, float64(time.Since(start).Nanoseconds())/float64(n))
		cpu = append(cpu, float64((processorTime()-startCPU).Nanoseconds())/float64(n))
	}
	return result{"ns_per_op": quantile(each, 0.5), "cpu_ns_per_op": quantile(cpu, 0.5), "repetitions": len(each)}
}
