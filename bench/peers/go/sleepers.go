package main

import (
	"sync"
	"syscall"
	"time"
)

const longestSleep = 100 * time.Millisecond

// sleepers: n goroutines that sleep 0 to 100 ms, evenly spread.
//
// The time that passes can't be less than the longest sleep, so the processor time used and how late the sleeps ended
// are measured too.
func sleepers(n int, m mode) result {
	lateness := make([]float64, n)
	body := func(n int) {
		var wg sync.WaitGroup
		wg.Add(n)
		for i := range n {
			go func() {
				duration := longestSleep * time.Duration(i) / time.Duration(n)
				start := time.Now()
				time.Sleep(duration)
				lateness[i] = float64((time.Since(start) - duration).Nanoseconds()) / 1e3
				wg.Done()
			}()
		}
		wg.Wait()
	}

	for begin := time.Now(); time.Since(begin) < m.warmUp; {
		body(n)
	}
	var each, cpu, p50, p99 []float64
	for begin := time.Now(); len(each) < m.minRepetitions || time.Since(begin) < m.measured; {
		start, startCPU := time.Now(), processorTime()
		body(n)
		each = append(each, float64(time.Since(start).Nanoseconds())/float64(n))
		cpu = append(cpu, float64((processorTime()-startCPU).Nanoseconds())/float64(n))
		p50 = append(p50, quantile(lateness, 0.50))
		p99 = append(p99, quantile(lateness, 0.99))
	}
	return result{
		"ns_per_op":     quantile(each, 0.5),
		"cpu_ns_per_op": quantile(cpu, 0.5),
		"p50_us":        quantile(p50, 0.5),
		"p99_us":        quantile(p99, 0.5),
		"repetitions":   len(each),
	}
}

// processorTime is what the whole process has used so far, in user and kernel mode.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
