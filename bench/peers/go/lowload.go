package main

import (
	"sync"
	"time"
)

// lowload: n sleeps that end evenly spread over 100 ms, on a runtime with nothing else to do: processor time each.
func lowLoad(n int, m mode) result {
	body := func() {
		var wg sync.WaitGroup
		wg.Add(n)
		for i := range n {
			go func() {
				time.Sleep(longestSleep * time.Duration(i) / time.Duration(n))
				wg.Done()
			}()
		}
		wg.Wait()
	}
	for begin := time.Now(); time.Since(begin) < m.warmUp; {
		body()
	}
	var each, cpu []float64
	for begin := time.Now(); len(each) < m.minRepetitions || time.Since(begin) < m.measured; {
		start, startCPU := time.Now(), processorTime()
		body()
		each = append(each, float64(time.Since(start).Nanoseconds())/float64(n))
		cpu = append(cpu, float64((processorTime()-startCPU).Nanoseconds())/float64(n))
	}
	return result{"ns_per_op": quantile(each, 0.5), "cpu_ns_per_op": quantile(cpu, 0.5), "repetitions": len(each)}
}
