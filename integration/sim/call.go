package sim

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Call is one request on the wire.
type Call struct {
	node    *Node
	service string // kinesis, dynamodb or snowflake
	action  string
	object  string // a shard, an item, a channel; "" where there is none
	shard   string
	name    string // action, object and, for an item, what is to change
	n       int    // how many such calls this node made before
	body    []byte
	request *http.Request
}

// id is what the call's fate and its trace go by.
func (c *Call) id() string { return fmt.Sprintf("%s %s #%d", c.node.name, c.name, c.n) }

// again is what a repetition of the call is known by.
func (c *Call) again() string { return c.node.name + " " + c.name }

// identify reads a request, and says what it is.
func (w *Wire) identify(r *http.Request) (*Call, error) {
	c := &Call{node: w.node, request: r}
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil {
			return nil, err
		}
		c.body = body
	}
	detail := ""
	switch r.URL.Host {
	case hostKinesis:
		c.service = "kinesis"
		_, c.action, _ = strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		c.shard = kinesisShard(c.body)
		c.object = c.shard
	case hostDynamo:
		c.service = "dynamodb"
		_, c.action, _ = strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		c.object, detail = dynamoItem(c.body)
		if strings.HasPrefix(c.object, "shardId-") {
			c.shard = c.object
		}
	case hostSnowflake:
		c.service = "snowflake"
		c.action, c.object = snowflakeAction(r)
		if i := strings.LastIndex(strings.ToLower(c.object), "shardid-"); i >= 0 {
			c.shard = "shardId-" + c.object[i+len("shardId-"):]
		}
	default:
		return nil, fmt.Errorf("no service at %s", r.URL.Host)
	}
	c.name = c.action
	if c.object != "" {
		c.name += " " + c.object
	}
	if detail != "" {
		c.name += " " + detail
	}
	w.mu.Lock()
	c.n = w.calls[c.name]
	w.calls[c.name]++
	w.mu.Unlock()
	return c, nil
}

// kinesisShard is the shard that a call is about: named, or sealed in its
// iterator (kind, 7 bytes, time, stream, then the shard's number).
func kinesisShard(body []byte) string {
	var q struct{ ShardId, ShardIterator string }
	if json.Unmarshal(body, &q) != nil {
		return ""
	}
	if q.ShardIterator != "" {
		if b, err := base64.StdEncoding.DecodeString(q.ShardIterator); err == nil && len(b) > 28 {
			return fmt.Sprintf("shardId-%012d", binary.BigEndian.Uint32(b[24:28]))
		}
	}
	return q.ShardId
}

// dynamoItem is the item of a call, and which of several updates it is.
func dynamoItem(body []byte) (item, detail string) {
	var q struct {
		Key, Item struct {
			ShardID struct{ S string } `json:"shardId"`
		}
		UpdateExpression string
	}
	if json.Unmarshal(body, &q) != nil {
		return "", ""
	}
	item = q.Key.ShardID.S + q.Item.ShardID.S
	if e := q.UpdateExpression; e != "" {
		var parts []string
		for _, attr := range []string{"leaseOwner", "leaseEpoch", "leaseExpiry", "committedToken", "skippedToken", "shardState", "handoffTo", "heartbeatCounter", "settled", "finalAt", "channelDropped"} {
			if strings.Contains(e, "#"+attr+" ") || strings.Contains(e, "#"+attr+",") || strings.HasSuffix(e, "#"+attr) {
				parts = append(parts, attr)
			}
		}
		detail = strings.Join(parts, "+")
	}
	return item, detail
}

// snowflakeAction reads the path of a streaming call.
func snowflakeAction(r *http.Request) (action, channel string) {
	path := r.URL.EscapedPath()
	if _, rest, ok := strings.Cut(path, "/channels/"); ok {
		name, tail, _ := strings.Cut(rest, "/")
		channel, _ = url.PathUnescape(name)
		switch {
		case tail == "rows":
			return "AppendRows", channel
		case r.Method == http.MethodDelete:
			return "DropChannel", channel
		}
		return "OpenChannel", channel
	}
	switch {
	case strings.HasSuffix(path, ":bulk-channel-status"):
		return "Status", ""
	case path == "/oauth/token":
		return "Token", ""
	case path == "/v2/streaming/hostname":
		return "Hostname", ""
	}
	return r.Method + " " + path, ""
}
