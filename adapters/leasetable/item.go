package leasetable

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/messages"
)

// item is one item's attributes.
type item = map[string]types.AttributeValue

// fields reads an item's attributes. An absent one reads as the zero value;
// the first one of another type is kept as err, for a token or counter must
// never be taken for absent because somebody edited it.
type fields struct {
	item item
	err  error
}

func (f *fields) wrong(name, want string) {
	if f.err == nil {
		f.err = fmt.Errorf("item %q: attribute %s is no %s", f.key(), name, want)
	}
}

// key returns the item's shardId, for messages.
func (f *fields) key() string {
	if v, ok := f.item[attrShard].(*types.AttributeValueMemberS); ok {
		return v.Value
	}
	return ""
}

func (f *fields) text(name string) string {
	switch v := f.item[name].(type) {
	case nil:
	case *types.AttributeValueMemberS:
		return v.Value
	default:
		f.wrong(name, "string")
	}
	return ""
}

func (f *fields) number(name string) int64 {
	switch v := f.item[name].(type) {
	case nil:
	case *types.AttributeValueMemberN:
		n, err := strconv.ParseInt(v.Value, 10, 64)
		if err != nil {
			f.wrong(name, "whole number")
		}
		return n
	default:
		f.wrong(name, "number")
	}
	return 0
}

func (f *fields) truth(name string) bool {
	switch v := f.item[name].(type) {
	case nil:
	case *types.AttributeValueMemberBOOL:
		return v.Value
	default:
		f.wrong(name, "boolean")
	}
	return false
}

func (f *fields) shards(name string) []messages.ShardID {
	switch v := f.item[name].(type) {
	case nil:
	case *types.AttributeValueMemberSS:
		ids := make([]messages.ShardID, len(v.Value))
		for i, id := range v.Value {
			ids[i] = messages.ShardID(id)
		}
		return ids
	default:
		f.wrong(name, "set of strings")
	}
	return nil
}

// sequence reads a sequence number. What is none reads as absent, as the
// sibling products treat it (specs/kinesis-consumption.md 1.3).
func (f *fields) sequence(name string) messages.SequenceNumber {
	if s := messages.SequenceNumber(f.text(name)); s.Valid() {
		return s
	}
	return ""
}

func text[T ~string](s T) types.AttributeValue {
	return &types.AttributeValueMemberS{Value: string(s)}
}

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func truth(b bool) types.AttributeValue { return &types.AttributeValueMemberBOOL{Value: b} }

// shardSet makes a set, which has each id once. The caller knows that ids is
// not empty, for DynamoDB has no empty sets.
func shardSet(ids []messages.ShardID) types.AttributeValue {
	set := make([]string, len(ids))
	for i, id := range ids {
		set[i] = string(id)
	}
	slices.Sort(set)
	return &types.AttributeValueMemberSS{Value: slices.Compact(set)}
}
