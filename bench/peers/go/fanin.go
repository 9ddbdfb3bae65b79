package main

const fanInSenders = 1000

// fanin: 1000 senders into one channel of capacity 16.
func fanIn(n int) {
	ch := make(chan int, 16)
	for range fanInSenders {
		go func() {
			for i := range n / fanInSenders {
				ch <- i
			}
		}()
	}
	for range n {
		<-ch
	}
}
