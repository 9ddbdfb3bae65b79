package main

// chansync: two goroutines, one rendezvous channel; one receives then sends, the other sends then receives.
// An operation is one value handed over.
func chansync(n int) {
	ch := make(chan int)
	done := make(chan bool)
	go func() {
		for range n / 2 {
			<-ch
			ch <- 0
		}
		done <- true
	}()
	go func() {
		for range n / 2 {
			ch <- 0
			<-ch
		}
		done <- true
	}()
	<-done
	<-done
}
