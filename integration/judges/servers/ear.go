package servers

import (
	"encoding/json"
	"fmt"
	"sync"

	"github.com/kinesnow/kinesnow/integration/judges/servers/between"
)

// iterator is what a GetShardIterator asked for.
type iterator struct {
	ShardID string `json:"ShardId"`
	Type    string `json:"ShardIteratorType"`
}

// ear is the proxy through which one connector, and no other, reaches a Kinesis:
// what it hears was asked by that one, what it spoils is met by that one.
type ear struct {
	*between.Proxy
	hangs bool // as kinesisServer.hangs

	mu        sync.Mutex
	iterators []iterator // asked for so far
	corrupt   bool       // the next NextShardIterator
	quiet     bool       // nothing is put at the moment
}

// listen makes an ear of a proxy that nobody uses yet.
func (k kinesisServer) listen(proxy *between.Proxy) *ear {
	e := &ear{Proxy: proxy, hangs: k.hangs}
	proxy.OnRequest(e.watch)
	proxy.OnAnswer(e.corrupted)
	return e
}

// watch notes what iterators are asked for.
func (e *ear) watch(r *between.Request) {
	var asked iterator
	if r.Action != "GetShardIterator" || json.Unmarshal(r.Body, &asked) != nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.iterators = append(e.iterators, asked)
	if asked.Type == "AT_TIMESTAMP" && e.quiet && e.hangs {
		r.Body = fmt.Appendf(nil, `{"StreamName":%q,"ShardId":%q,"ShardIteratorType":"LATEST"}`, streamName, asked.ShardID)
	}
}

// corrupted makes the next iterator of a GetRecords answer one that the server
// has never seen.
func (e *ear) corrupted(action string, status int, body []byte) []byte {
	e.mu.Lock()
	defer e.mu.Unlock()
	if action != "GetRecords" || status != 200 || !e.corrupt {
		return body
	}
	var answer map[string]json.RawMessage
	if json.Unmarshal(body, &answer) != nil || answer["NextShardIterator"] == nil {
		return body
	}
	answer["NextShardIterator"] = json.RawMessage(`"rubbish"`)
	changed, err := json.Marshal(answer)
	if err != nil {
		return body
	}
	e.corrupt = false
	return changed
}

// asked returns how many iterators were asked for since forget was called last.
func (e *ear) asked() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.iterators)
}

// forget returns the iterators that were asked for since it was called last.
func (e *ear) forget() []iterator {
	e.mu.Lock()
	defer e.mu.Unlock()
	asked := e.iterators
	e.iterators = nil
	return asked
}

// spoil makes the next iterator that is handed out rubbish.
func (e *ear) spoil() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.corrupt = true
}

// spoilt reports whether one was handed out since.
func (e *ear) spoilt() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return !e.corrupt
}

func (e *ear) setQuiet(quiet bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.quiet = quiet
}
