package main

// select2: a select loop over two rendezvous channels, each with a sender.
func select2(n int) {
	a := make(chan int)
	b := make(chan int)
	for _, ch := range []chan int{a, b} {
		go func() {
			for i := range n / 2 {
				ch <- i
			}
		}()
	}
	sum := 0
	for range n {
		select {
		case v := <-a:
			sum += v
		case v := <-b:
			sum += v
		}
	}
	if half := n / 2; sum != half*(half-1) {
		panic("select2: values lost")
	}
}
