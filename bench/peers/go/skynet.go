package main

// skynet: a tree of n leaves (a power of ten), ten children each, sums over channels. An operation is one leaf.
func skynet(n int) {
	ch := make(chan int)
	go node(ch, 0, n)
	if sum := <-ch; sum != n*(n-1)/2 {
		panic("skynet: n must be a power of ten")
	}
}

func node(parent chan<- int, number, size int) {
	if size <= 1 {
		parent <- number
		return
	}
	children := make(chan int)
	for i := range 10 {
		go node(children, number+i*(size/10), size/10)
	}
	sum := 0
	for range 10 {
		sum += <-children
	}
	parent <- sum
}
