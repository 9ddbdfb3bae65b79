package main

// selectdefault: non-blocking select over two empty channels.
func selectDefault(n int) {
	a := make(chan int)
	b := make(chan int)
	for range n {
		select {
		case <-a:
			panic("selectdefault: received from an empty channel")
		case <-b:
			panic("selectdefault: received from an empty channel")
		default:
		}
	}
}
