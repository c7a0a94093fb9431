package leasetable

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/messages"
)

// What a Kinesis Client Library (KCL) keeps of a shard beside what we keep
// under the same name (specs/kinesis-consumption.md 2.1).
const (
	attrKCLCheckpoint = "checkpoint"
	attrKCLSub        = "checkpointSubSequenceNumber"
	attrKCLParents    = "parentShardId"
	attrKCLEntity     = "entityType"

	kclLease = "LEASE" // the entityType of a lease; absent before KCL 3.5
)

// The words that a KCL writes where a sequence number could be.
const (
	kclHorizon   = "TRIM_HORIZON"
	kclLatest    = "LATEST"
	kclTimestamp = "AT_TIMESTAMP"
	kclEnded     = "SHARD_END"
)

// LegacyLease is one lease of a KCL.
type LegacyLease struct {
	Key string // leaseKey
	// Account, Stream and Created are set in a table of several streams alone:
	// account id, stream name, and creation in whole seconds since 1970.
	Account string
	Stream  string
	Created int64
	Shard   messages.ShardID
	Owner   string // worker id; "" = none
	Counter int64  // moves while a worker is alive

	Checkpoint string // a sequence number, or TRIM_HORIZON, LATEST, AT_TIMESTAMP, SHARD_END
	Sub        int64  // last user record processed inside a sequence number's record
	Parents    []messages.ShardID
	Children   []messages.ShardID
	HashFrom   string // decimal; "" before KCL 2.3
	HashTo     string
}

// legacyScan is one look at a KCL's table.
type legacyScan struct {
	leases   []LegacyLease  // by key
	skipped  map[string]int // items that are no lease, by entityType
	problems []string       // items that could not be read as what they should be
	signs    map[string]string
	raw      []item
}

// readLegacy sorts out what a KCL's table holds. Nothing is dropped silently:
// an item is a lease, or one of the other things that a KCL is known to keep,
// or a problem.
func readLegacy(items []item) *legacyScan {
	s := &legacyScan{skipped: map[string]int{}, signs: map[string]string{}, raw: items}
	for _, it := range items {
		key := textOf(it[attrLeaseKey])
		s.signs[key] = sign(it)
		switch kind := it[attrKCLEntity]; {
		case kind != nil && textOf(kind) == "":
			s.problems = append(s.problems, fmt.Sprintf("item %q: attribute entityType is no text", key))
			continue
		case kind != nil && textOf(kind) != kclLease:
			s.skipped[textOf(kind)]++
			continue
		}
		lease, err := legacyLease(it)
		if err != nil {
			s.problems = append(s.problems, fmt.Sprintf("item %q: %v", key, err))
			continue
		}
		s.leases = append(s.leases, *lease)
	}
	slices.SortFunc(s.leases, func(a, b LegacyLease) int { return strings.Compare(a.Key, b.Key) })
	slices.Sort(s.problems)
	return s
}

// legacyLease reads one lease.
func legacyLease(it item) (*LegacyLease, error) {
	f := &fields{item: it}
	l := &LegacyLease{
		Key: f.text(attrLeaseKey), Owner: f.text(attrOwner), Counter: f.number(attrCounter),
		Checkpoint: f.text(attrKCLCheckpoint), Sub: f.number(attrKCLSub),
		Parents: f.shards(attrKCLParents), Children: f.shards(attrChildren),
		HashFrom: f.text(attrHashFrom), HashTo: f.text(attrHashTo),
	}
	slices.Sort(l.Parents)
	slices.Sort(l.Children)
	if f.err != nil {
		_, reason, _ := strings.Cut(f.err.Error(), ": ")
		return nil, fmt.Errorf("%s", reason)
	}
	if err := l.locate(); err != nil {
		return nil, err
	}
	switch l.Checkpoint {
	case "":
		return nil, fmt.Errorf("it has no checkpoint, so it is no lease of a KCL")
	case kclHorizon, kclLatest, kclTimestamp, kclEnded:
		return l, nil
	}
	switch {
	case !messages.SequenceNumber(l.Checkpoint).Valid():
		return nil, fmt.Errorf("checkpoint %q is neither a sequence number nor one of TRIM_HORIZON, LATEST, AT_TIMESTAMP, SHARD_END", l.Checkpoint)
	case l.Sub < 0:
		return nil, fmt.Errorf("checkpointSubSequenceNumber %d is negative", l.Sub)
	}
	return l, nil
}

var (
	legacyShard  = regexp.MustCompile(`^shardId-[a-zA-Z0-9_.-]{1,120}$`)
	legacyStream = regexp.MustCompile(`^[a-zA-Z0-9_.-]{1,128}$`)
)

// locate takes the key apart: a shard id, or account:stream:creation:shard.
func (l *LegacyLease) locate() error {
	parts := strings.Split(l.Key, ":")
	switch {
	case len(parts) == 1:
		l.Shard = messages.ShardID(l.Key)
	case len(parts) == 4:
		created, err := strconv.ParseInt(parts[2], 10, 64)
		if err != nil || created <= 0 || !legacyStream.MatchString(parts[1]) || parts[0] == "" {
			return fmt.Errorf("the key is not account:stream:creation:shard")
		}
		l.Account, l.Stream, l.Created, l.Shard = parts[0], parts[1], created, messages.ShardID(parts[3])
	default:
		return fmt.Errorf("the key is neither a shard id nor account:stream:creation:shard")
	}
	if !legacyShard.MatchString(string(l.Shard)) {
		return fmt.Errorf("%q is no shard id", l.Shard)
	}
	return nil
}

// sign is everything of an item as text, so that a change shows.
func sign(it item) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(it)) {
		fmt.Fprintf(&b, "%s=%s;", name, plainText(it[name]))
	}
	return b.String()
}

// moved names the items that differ between two looks, in order.
func (s *legacyScan) moved(later *legacyScan) []string {
	keys := map[string]bool{}
	for key, was := range s.signs {
		if later.signs[key] != was {
			keys[key] = true
		}
	}
	for key := range later.signs {
		if _, ok := s.signs[key]; !ok {
			keys[key] = true
		}
	}
	return slices.Sorted(maps.Keys(keys))
}

// textOf is a string attribute's value; "" where it is none.
func textOf(v types.AttributeValue) string {
	if s, ok := v.(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}
