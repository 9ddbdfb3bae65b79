// The server of the HTTP measurements in Go: net/http with the end points of ../Program.cs.
//
//	webserver net/http URL [CERTIFICATE KEY]
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

const text = "Hello, World!"

func plain(w http.ResponseWriter, chunked bool) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if !chunked {
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	}
	io.WriteString(w, text)
	if chunked {
		w.(http.Flusher).Flush() // otherwise net/http counts so short a body itself
	}
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: webserver net/http URL [CERTIFICATE KEY]")
		os.Exit(2)
	}
	at, err := url.Parse(os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}

	var turn atomic.Int64
	http.HandleFunc("/plaintext", func(w http.ResponseWriter, r *http.Request) { plain(w, false) })
	http.HandleFunc("/length", func(w http.ResponseWriter, r *http.Request) { plain(w, false) })
	http.HandleFunc("/chunked", func(w http.ResponseWriter, r *http.Request) { plain(w, true) })
	http.HandleFunc("/json", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		json.NewEncoder(w).Encode(map[string]string{"message": text})
	})
	http.HandleFunc("/mixed", func(w http.ResponseWriter, r *http.Request) {
		if turn.Add(1)%20 == 0 {
			time.Sleep(10 * time.Millisecond)
		}
		plain(w, false)
	})
	http.HandleFunc("/cost", func(w http.ResponseWriter, r *http.Request) {
		var used syscall.Rusage
		syscall.Getrusage(syscall.RUSAGE_SELF, &used)
		statm, _ := os.ReadFile("/proc/self/statm")
		pages, _ := strconv.Atoi(strings.Fields(string(statm))[1])
		files, _ := os.ReadDir("/proc/self/fd")
		fmt.Fprintf(w, "%d %d %d %d", used.Utime.Nano()/1000+used.Stime.Nano()/1000, pages*os.Getpagesize(), len(files), runtime.NumGoroutine())
	})

	if at.Scheme == "https" {
		err = http.ListenAndServeTLS(at.Host, os.Args[3], os.Args[4], nil)
	} else {
		err = http.ListenAndServe(at.Host, nil)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
