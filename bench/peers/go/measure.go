package main

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"time"
)

// How long to warm up and to measure.
type mode struct {
	warmUp         time.Duration
	measured       time.Duration
	minRepetitions int
	fresh          bool // the whole of what a short program does counts: the mean, not the median
}

var (
	thorough = mode{warmUp: 500 * time.Millisecond, measured: time.Second, minRepetitions: 5}
	quick    = mode{minRepetitions: 1}
	fresh    = mode{measured: 400 * time.Millisecond, minRepetitions: 1, fresh: true}
)

// repeated makes a workload of a body that does n operations: the median time of one over several repetitions.
func repeated(body func(n int)) func(int, mode) result {
	return func(n int, m mode) result {
		for begin := time.Now(); time.Since(begin) < m.warmUp; {
			body(n)
		}
		if m.fresh {
			body(max(n/10, 1))
		}
		var each []float64
		for begin := time.Now(); len(each) < m.minRepetitions || time.Since(begin) < m.measured; {
			start := time.Now()
			body(n)
			each = append(each, float64(time.Since(start).Nanoseconds())/float64(n))
		}
		if m.fresh {
			return result{"ns_per_op": mean(each), "repetitions": len(each)}
		}
		return result{"ns_per_op": quantile(each, 0.5), "repetitions": len(each)}
	}
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, value := range values {
		sum += value
	}
	return sum / float64(len(values))
}

func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// residentBytes is what the process holds of the machine's memory (VmRSS).
func residentBytes() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		panic(err)
	}
	for line := range bytes.Lines(status) {
		if value, ok := bytes.CutPrefix(line, []byte("VmRSS:")); ok {
			kib, err := strconv.ParseInt(string(bytes.Fields(value)[0]), 10, 64)
			if err != nil {
				panic(err)
			}
			return kib << 10
		}
	}
	panic("no VmRSS in /proc/self/status")
}
