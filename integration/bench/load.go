package main

import (
	"errors"
	"fmt"
	"sync"
)

// loads are what a client process of servers runs can do.
var loads = map[string]func(job, *meter) error{
	"put": putLoad, "get": getLoad, "push": pushLoad, "append": appendLoad(false), "append-zstd": appendLoad(true),
}

// carry is the role of a client process.
func carry(j job, m *meter) error {
	load := loads[j.Load]
	if load == nil {
		return fmt.Errorf("there is no load %q", j.Load)
	}
	return load(j, m)
}

// crew measures hallShards goroutines from the first one's beginning to the
// last one's end.
func crew(m *meter, work func(i int) error) error {
	errs := make([]error, hallShards)
	var all sync.WaitGroup
	m.begin()
	for i := range errs {
		all.Go(func() { errs[i] = work(i) })
	}
	all.Wait()
	m.end()
	return errors.Join(errs...)
}
