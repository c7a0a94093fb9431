package leasetable

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/kinesnow/kinesnow/messages"
)

// Rows reads the stream's own row, its shard rows and its node rows, the latter
// two in the order of their keys, consistently and to the last page (1 MB each,
// about 1,500 shards). A sibling's migration marker and every other key that
// begins with "__" are passed over, and so are rows of a stream that was
// deleted (ResetStream). A node row of a sibling product has no process and a
// counter that never moves. A stream row of a newer version is returned as far
// as it is known: Stream refuses it.
//
// Errors: Transient naming item and attribute where an item does not read:
// better no discovery than one that takes a shard for new.
func (t *Table) Rows(ctx context.Context) (messages.TableRows, error) {
	leave, err := t.turns.enter(ctx, looking)
	if err != nil {
		return messages.TableRows{}, t.fault(ctx, "Query", "", err)
	}
	defer leave()
	var all messages.TableRows
	pages := t.rowPages()
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return messages.TableRows{}, t.fault(ctx, "Query", "", err)
		}
		for _, it := range page.Items {
			switch key := (&fields{item: it}).key(); {
			case strings.HasPrefix(key, nodePrefix):
				row, err := nodeRow(it)
				if err != nil {
					return messages.TableRows{}, t.unreadable("Query", "", err)
				}
				all.Nodes = append(all.Nodes, *row)
			case key == streamKey:
				row, err := streamRow(it)
				if err != nil {
					return messages.TableRows{}, t.unreadable("Query", "", err)
				}
				all.Stream = row
			case strings.HasPrefix(key, ourPrefix), it[attrReset] != nil:
			default:
				row, err := shardRow(it)
				if err != nil {
					return messages.TableRows{}, t.unreadable("Query", messages.ShardID(key), err)
				}
				all.Shards = append(all.Shards, *row)
			}
		}
	}
	return all, nil
}

// rowPages reads every item of the stream, consistently.
func (t *Table) rowPages() *dynamodb.QueryPaginator {
	return dynamodb.NewQueryPaginator(t.client, &dynamodb.QueryInput{
		TableName:                 &t.name,
		ConsistentRead:            aws.Bool(true),
		KeyConditionExpression:    aws.String("#" + attrStream + " = :stream"),
		ExpressionAttributeNames:  map[string]string{"#" + attrStream: attrStream},
		ExpressionAttributeValues: item{":stream": text(t.stream)},
	})
}

// CreateShard makes the row of a shard: lineage, hash range, and settled, for
// nothing was ever sent for it (P7). An ended row, of a parent whose data
// expired unread (P22), is made as ended. It reports false where the row was
// there already, and leaves that as it is. A row that ResetStream emptied is
// made anew.
func (t *Table) CreateShard(ctx context.Context, row messages.ShardRow) (bool, error) {
	u := t.change(string(row.Shard))
	u.put(attrSettled, truth(true))
	u.putOrDrop(attrHashFrom, row.HashFrom)
	u.putOrDrop(attrHashTo, row.HashTo)
	if len(row.Parents) > 0 {
		u.put(attrParents, shardSet(row.Parents))
	}
	if len(row.Children) > 0 {
		u.put(attrChildren, shardSet(row.Children))
	}
	if row.Ended {
		u.put(attrState, text(stateEnded))
	}
	if row.Trimmed {
		u.put(attrTrimmed, truth(true))
	}
	u.drop(attrReset)
	u.require("attribute_not_exists(#" + attrShard + ") OR attribute_exists(#" + attrReset + ")")
	_, landed, err := t.sendRow(ctx, row.Shard, u)
	return landed, err
}
