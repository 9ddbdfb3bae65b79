package main

import "fmt"

type tree struct {
	left, right *tree
	value       int
}

func (t *tree) insert(value int) *tree {
	if t == nil {
		return &tree{value: value}
	}
	if value < t.value {
		t.left = t.left.insert(value)
	} else {
		t.right = t.right.insert(value)
	}
	return t
}

func (t *tree) walk(out chan<- int) {
	if t != nil {
		t.left.walk(out)
		out <- t.value
		t.right.walk(out)
	}
}

func values(t *tree) <-chan int {
	out := make(chan int)
	go func() {
		t.walk(out)
		close(out)
	}()
	return out
}

func same(a, b *tree) bool {
	as, bs := values(a), values(b)
	for {
		x, ok1 := <-as
		y, ok2 := <-bs
		if x != y || ok1 != ok2 {
			return false // in a program that goes on, stop the two walkers, too
		}
		if !ok1 {
			return true
		}
	}
}

func main() {
	var one, two, three *tree
	for i := range 10 {
		one = one.insert(i * 7 % 10)
		two = two.insert(i * 3 % 10)
		three = three.insert(i * 3 % 10 * 2)
	}
	fmt.Println(same(one, two))
	fmt.Println(same(one, three))
}
