package main

import (
	"fmt"
	"os"
)

func parse(text string) (number int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("recovered: %v", r)
		}
	}()
	return mustParse(text), nil
}

func mustParse(text string) int {
	if text != "42" {
		panic("cannot parse " + text)
	}
	return 42
}

func main() {
	defer fmt.Println("deferred, so last")

	fmt.Println(parse("42"))
	if _, err := parse("forty-two"); err != nil {
		fmt.Fprintln(os.Stdout, err)
	}
}
