package main

// prodcons: one sender, one receiver.
func prodcons(capacity int) func(int) {
	return func(n int) {
		ch := make(chan int, capacity)
		go func() {
			for i := range n {
				ch <- i
			}
		}()
		for range n {
			<-ch
		}
	}
}
