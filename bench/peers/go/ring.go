package main

const ringSize = 503

// ring: 503 goroutines pass a token from each to the next. An operation is one pass.
func ring(n int) {
	first := make(chan int)
	ended := make(chan bool)
	in := first
	for i := range ringSize {
		out := first
		if i < ringSize-1 {
			out = make(chan int)
		}
		go pass(in, out, ended)
		in = out
	}
	first <- n
	for range ringSize {
		<-ended
	}
}

// pass counts the token down; from 0 on it goes round once more and sends everybody home.
func pass(in <-chan int, out chan<- int, ended chan<- bool) {
	for {
		token := <-in
		if token > -ringSize+1 {
			out <- token - 1
		}
		if token <= 0 {
			ended <- true
			return
		}
	}
}
