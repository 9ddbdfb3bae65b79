package main

// selectnew is select2: a select statement of Go is new in each round as it is.
func selectNew(n int) { select2(n) }
