package main

import "context"

const (
	contextChildren = 10
	contextTree     = 1 + contextChildren + contextChildren*contextChildren
)

// ctx: a tree of contexts, ten children each and ten of theirs, made and cancelled from its root. An operation is one context.
func contexts(n int) {
	for range n / contextTree {
		root, cancel := context.WithCancel(context.Background())
		var last context.Context
		for range contextChildren {
			child, cancelChild := context.WithCancel(root)
			defer cancelChild()
			for range contextChildren {
				grandchild, cancelGrandchild := context.WithCancel(child)
				defer cancelGrandchild()
				last = grandchild
			}
		}
		cancel()
		if last.Err() == nil {
			panic("ctx: a grandchild was not cancelled")
		}
	}
}
