package main

import "time"

// timerreset: a timer that is moved on and on, as a time-out is at every byte.
func timerReset(n int) {
	timer := time.NewTimer(time.Hour)
	for range n {
		timer.Reset(time.Hour)
	}
	if !timer.Stop() {
		panic("timerreset: it has fired")
	}
}
