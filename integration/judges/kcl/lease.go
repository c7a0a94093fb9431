package kcl

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// item is an item of DynamoDB as it is on the wire.
type item map[string]map[string]any

// text is an attribute of type S or N, "" when there is none.
func (i item) text(name string) string {
	for _, kind := range []string{"S", "N"} {
		if s, ok := i[name][kind].(string); ok {
			return s
		}
	}
	return ""
}

// set is an attribute of type SS in order, empty when there is none.
func (i item) set(name string) []string {
	var all []string
	list, _ := i[name]["SS"].([]any)
	for _, e := range list {
		if s, ok := e.(string); ok {
			all = append(all, s)
		}
	}
	slices.Sort(all)
	return all
}

// ask calls an operation of one of our servers.
func ask(ctx context.Context, url, target, contentType, body string, answer any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("X-Amz-Target", target)
	r.Header.Set("X-Amz-Date", "20261122T000000Z")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/any/aws4_request, SignedHeaders=host, Signature=00")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s: %s", target, response.Status, b)
	}
	return json.Unmarshal(b, answer)
}

// table reads the lease table and keeps a copy of it in the hearing's folder.
func (c *consumer) table(ctx context.Context, name string) (map[string]item, error) {
	var page struct{ Items []item }
	err := ask(ctx, c.dynamo.URL(), "DynamoDB_20120810.Scan", "application/x-amz-json-1.0", `{"TableName":"`+application+`","ConsistentRead":true}`, &page)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(page.Items, func(a, b item) int { return strings.Compare(a.text("leaseKey"), b.text("leaseKey")) })
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(page.Items); err != nil {
		return nil, err
	}
	if _, err := c.h.File(name+".json", b.String()); err != nil {
		return nil, err
	}
	all := map[string]item{}
	for _, i := range page.Items {
		all[i.text("leaseKey")] = i
	}
	return all, nil
}

// shard is what ListShards says of one.
type shard struct {
	ShardID               string `json:"ShardId"`
	ParentShardID         string `json:"ParentShardId"`
	AdjacentParentShardID string `json:"AdjacentParentShardId"`
	HashKeyRange          struct{ StartingHashKey, EndingHashKey string }
	SequenceNumberRange   struct{ EndingSequenceNumber string }
}

func (s shard) parents() (ids []string) {
	for _, id := range []string{s.ParentShardID, s.AdjacentParentShardID} {
		if id != "" {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func (c *consumer) shards(ctx context.Context) ([]shard, error) {
	var list struct{ Shards []shard }
	err := ask(ctx, c.kinesis.URL(), "Kinesis_20131202.ListShards", "application/x-amz-json-1.1", `{"StreamName":"`+c.in.stream+`"}`, &list)
	return list.Shards, err
}

// wrongLeases holds the leases against the shards and what was put into them.
func wrongLeases(leases map[string]item, shards []shard, put map[string][]userRecord, owner string) (wrong []string) {
	children := map[string][]string{}
	for _, s := range shards {
		for _, p := range s.parents() {
			children[p] = append(children[p], s.ShardID)
		}
	}
	for _, s := range shards {
		lease, complain := leases[s.ShardID], func(what, got, want string) {
			if got != want {
				wrong = append(wrong, fmt.Sprintf("%s of %s is %q, not %q", what, s.ShardID, got, want))
			}
		}
		sequence, sub := shardEnd, int64(0)
		if s.SequenceNumberRange.EndingSequenceNumber == "" {
			last := put[s.ShardID][len(put[s.ShardID])-1]
			sequence, sub = last.Sequence, last.Sub
			complain("leaseOwner", lease.text("leaseOwner"), owner)
		} else {
			complain("childShardIds", fmt.Sprint(lease.set("childShardIds")), fmt.Sprint(children[s.ShardID]))
		}
		complain("checkpoint", lease.text("checkpoint"), sequence)
		complain("checkpointSubSequenceNumber", lease.text("checkpointSubSequenceNumber"), strconv.FormatInt(sub, 10))
		complain("parentShardId", fmt.Sprint(lease.set("parentShardId")), fmt.Sprint(s.parents()))
		complain("startingHashKey", lease.text("startingHashKey"), s.HashKeyRange.StartingHashKey)
		complain("endingHashKey", lease.text("endingHashKey"), s.HashKeyRange.EndingHashKey)
	}
	return wrong
}
