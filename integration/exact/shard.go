package exact

import (
	"fmt"
	"strconv"
	"strings"
)

// ShardPrefix begins every shard's ID.
const ShardPrefix = "shardId-"

// ShardNumber reads shardId-000000000003 as 3.
func ShardNumber(id string) (uint16, error) {
	digits, ok := strings.CutPrefix(id, ShardPrefix)
	n, err := strconv.ParseUint(digits, 10, 16)
	if !ok || err != nil {
		return 0, fmt.Errorf("shard id %q: want %sDIGITS", id, ShardPrefix)
	}
	return uint16(n), nil
}

// ShardID is the reverse of ShardNumber.
func ShardID(n uint16) string { return fmt.Sprintf("%s%012d", ShardPrefix, n) }

// ShardOf reads the shard's ID off a channel's name, whose last part it is.
func ShardOf(channel string) (string, bool) {
	if at := strings.LastIndex(channel, ShardPrefix); at >= 0 {
		return channel[at:], true
	}
	return "", false
}
