// The server of the HTTP measurements on fasthttp: the end points of ../Program.cs that bench/web asks for.
//
//	webserver fasthttp URL [CERTIFICATE KEY]
package main

import (
	"fmt"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
)

const text = "Hello, World!"

func cost() string {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	statm, _ := os.ReadFile("/proc/self/statm")
	pages, _ := strconv.Atoi(strings.Fields(string(statm))[1])
	files, _ := os.ReadDir("/proc/self/fd")
	return fmt.Sprintf("%d %d %d %d", used.Utime.Nano()/1000+used.Stime.Nano()/1000, pages*os.Getpagesize(), len(files), runtime.NumGoroutine())
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: webserver fasthttp URL [CERTIFICATE KEY]")
		os.Exit(2)
	}
	at, err := url.Parse(os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}

	var turn atomic.Int64
	handler := func(ctx *fasthttp.RequestCtx) {
		switch string(ctx.Path()) {
		case "/mixed":
			if turn.Add(1)%20 == 0 {
				time.Sleep(10 * time.Millisecond)
			}
			fallthrough
		case "/length", "/plaintext":
			ctx.SetContentType("text/plain; charset=utf-8")
			ctx.SetBodyString(text)
		case "/cost":
			ctx.SetBodyString(cost())
		default:
			ctx.SetStatusCode(fasthttp.StatusNotFound)
		}
	}

	if at.Scheme == "https" {
		err = fasthttp.ListenAndServeTLS(at.Host, os.Args[3], os.Args[4], handler)
	} else {
		err = fasthttp.ListenAndServe(at.Host, handler)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
