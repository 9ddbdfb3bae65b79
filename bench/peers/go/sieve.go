package main

// sieve: the first n primes through a chain of filters. An operation is one prime.
//
// The generator stops after the last prime that is wanted and closes its channel, so that every filter ends.
func sieve(n int) {
	last := nthPrime(n)
	ch := make(chan int)
	go generate(ch, last)
	prime := 0
	for range n {
		prime = <-ch
		filtered := make(chan int)
		go filter(ch, filtered, prime)
		ch = filtered
	}
	if _, more := <-ch; more || prime != last {
		panic("sieve: wrong primes")
	}
}

func generate(out chan<- int, last int) {
	for i := 2; i <= last; i++ {
		out <- i
	}
	close(out)
}

func filter(in <-chan int, out chan<- int, prime int) {
	for i := range in {
		if i%prime != 0 {
			out <- i
		}
	}
	close(out)
}

func nthPrime(n int) int {
	primes := []int{2}
	for candidate := 3; len(primes) < n; candidate += 2 {
		isPrime := true
		for _, p := range primes {
			if p*p > candidate {
				break
			}
			if candidate%p == 0 {
				isPrime = false
				break
			}
		}
		if isPrime {
			primes = append(primes, candidate)
		}
	}
	return primes[n-1]
}
