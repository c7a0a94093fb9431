package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"
)

// poll is the yardstick of idle shards: net/http alone asks each of them once a
// second, with a signature that was made beforehand, and throws the answers away.
// It is what a client of this class of transport cannot go below on this machine,
// at this moment.
func poll(j job, m *meter) error {
	w := &httpWire{client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: j.Shards}}, at: j.At}
	ask := func(shard int, iterator string) (string, error) {
		action, members, names := "GetRecords", map[string]any{"ShardIterator": iterator, "Limit": 512}, struct{ NextShardIterator, ShardIterator string }{}
		if iterator == "" {
			action, members = "GetShardIterator", map[string]any{"StreamName": streamName, "ShardId": shardName(shard), "ShardIteratorType": "LATEST"}
		}
		r, err := signedRequest(context.Background(), j.At.Kinesis, action, members)
		if err != nil {
			return "", err
		}
		text, err := w.do(r, nil)
		if err != nil {
			return "", err
		}
		err = json.Unmarshal(text, &names)
		return names.NextShardIterator + names.ShardIterator, err
	}
	errs := make([]error, j.Shards)
	stop := make(chan struct{})
	var all sync.WaitGroup
	for i := range j.Shards {
		all.Go(func() {
			time.Sleep(time.Duration(i) * time.Second / time.Duration(j.Shards)) // not all at once
			ticker := time.NewTicker(time.Second)
			defer ticker.Stop()
			for iterator := ""; errs[i] == nil; {
				iterator, errs[i] = ask(i, iterator)
				select {
				case <-ticker.C:
				case <-stop:
					return
				}
			}
		})
	}
	time.Sleep(pollSettle)
	m.begin()
	time.Sleep(j.For)
	m.end()
	close(stop)
	all.Wait()
	return errors.Join(errs...)
}

// pollSettle is until every shard has been asked a few times.
const pollSettle = 5 * time.Second
