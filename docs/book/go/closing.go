package main

import "fmt"

func main() {
	jobs := make(chan int, 3)
	done := make(chan struct{})

	go func() {
		defer close(done)
		for {
			job, ok := <-jobs
			if !ok {
				fmt.Println("no more jobs")
				return
			}
			fmt.Println("job", job)
		}
	}()

	for job := 1; job <= 3; job++ {
		jobs <- job
	}
	close(jobs)
	<-done

	_, ok := <-jobs
	fmt.Println(ok)
}
