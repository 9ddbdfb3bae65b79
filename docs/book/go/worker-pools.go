package main

import "fmt"

func worker(jobs <-chan int, results chan<- int) {
	for job := range jobs {
		results <- job * job
	}
}

func main() {
	const count = 5
	jobs := make(chan int, count)
	results := make(chan int, count)
	for range 3 {
		go worker(jobs, results)
	}

	for job := 1; job <= count; job++ {
		jobs <- job
	}
	close(jobs)

	sum := 0
	for range count {
		sum += <-results
	}
	fmt.Println("sum of squares:", sum)
}
