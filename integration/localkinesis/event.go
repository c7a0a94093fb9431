package localkinesis

import (
	"encoding/json"
	"strconv"
)

// event is a SubscribeToShardEvent before it is encoded.
type event struct {
	children     []childShard
	continuation string // "" when the shard has ended
	behind       int64  // ms
	records      int
	fragments    [][]byte // each record followed by a comma
}

// encodeEvent writes an event's payload. The fragments stay where they are.
func encodeEvent(e *event) answer {
	b := append(make([]byte, 0, 160), '{')
	if len(e.children) > 0 {
		encoded, err := json.Marshal(e.children)
		if err != nil {
			panic(err) // texts always can be encoded
		}
		b = append(append(append(b, `"ChildShards":`...), encoded...), ',')
	}
	if e.continuation != "" {
		b = append(append(append(b, `"ContinuationSequenceNumber":"`...), e.continuation...), `",`...)
	}
	b = strconv.AppendInt(append(b, `"MillisBehindLatest":`...), e.behind, 10)
	b = append(b, `,"Records":[`...)
	return answer{head: b, parts: withoutLastComma(e.fragments), tail: []byte("]}")}
}

// encodeException writes the payload of an exception in the stream.
func encodeException(message string) answer {
	b, err := json.Marshal(struct {
		Message string `json:"message"`
	}{message})
	if err != nil {
		panic(err) // a text always can be encoded
	}
	return answer{head: b}
}

// withoutLastComma cuts the comma that follows the last fragment.
func withoutLastComma(parts [][]byte) [][]byte {
	if n := len(parts); n > 0 {
		parts[n-1] = parts[n-1][:len(parts[n-1])-1]
	}
	return parts
}

// describeChildren names the shards that follow a closed one. The stream's
// mutex is held.
func describeChildren(sh *shard) []childShard {
	children := make([]childShard, len(sh.children))
	for i, c := range sh.children {
		children[i] = childShard{describeKeys(c.keys), c.parents, c.id}
	}
	return children
}
