package main

import "fmt"

func sum(numbers []int, result chan<- int) {
	total := 0
	for _, number := range numbers {
		total += number
	}
	result <- total
}

func main() {
	numbers := []int{7, 2, 8, -9, 4, 0}
	result := make(chan int)
	go sum(numbers[:3], result)
	go sum(numbers[3:], result)

	x, y := <-result, <-result
	fmt.Println(max(x, y), min(x, y), x+y)
}
