package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

func lookUp(ctx context.Context, takes time.Duration) (string, error) {
	select {
	case <-time.After(takes):
		return "found", nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	_, err := lookUp(ctx, time.Hour)
	fmt.Println(err)
	fmt.Println(errors.Is(err, context.DeadlineExceeded))

	ctx, stop := context.WithCancelCause(context.Background())
	stop(errors.New("the user left"))
	_, err = lookUp(ctx, time.Hour)
	fmt.Println(err)
	fmt.Println(context.Cause(ctx))

	found, _ := lookUp(context.Background(), time.Millisecond)
	fmt.Println(found)
}
