package main

import (
	"context"
	"sync"
	"sync/atomic"
)

const groupTasks = 10

// A group of tasks as golang.org/x/sync/errgroup has it with a context: the first error cancels it, and Wait returns it.
// Its own, so that this program needs nothing but the standard library.
type group struct {
	wg     sync.WaitGroup
	once   sync.Once
	err    error
	cancel context.CancelCauseFunc
}

func groupWithContext(ctx context.Context) (*group, context.Context) {
	ctx, cancel := context.WithCancelCause(ctx)
	return &group{cancel: cancel}, ctx
}

func (g *group) Go(task func() error) {
	g.wg.Add(1)
	go func() {
		defer g.wg.Done()
		if err := task(); err != nil {
			g.once.Do(func() {
				g.err = err
				g.cancel(err)
			})
		}
	}()
}

func (g *group) Wait() error {
	g.wg.Wait()
	g.cancel(g.err)
	return g.err
}

// errgroup: groups of 10 tasks, one group after the other. An operation is one task.
func errGroup(n int) {
	var done atomic.Int64
	for range n / groupTasks {
		g, _ := groupWithContext(context.Background())
		for range groupTasks {
			g.Go(func() error {
				done.Add(1)
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			panic(err)
		}
	}
	if done.Load() != int64(n) {
		panic("errgroup: tasks lost")
	}
}
