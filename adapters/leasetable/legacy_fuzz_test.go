package leasetable

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/messages"
)

// FuzzItemsOfAnotherHand reads items that anybody could have put: each is a
// lease, or something else that a KCL keeps, or a problem, and nothing of it
// ends the process.
func FuzzItemsOfAnotherHand(f *testing.F) {
	f.Add("shardId-000000000000", "4968", "5", "LEASE", byte(0))
	f.Add("000000000000:quakes:1795352514:shardId-000000000001", "SHARD_END", "0", "", byte(1))
	f.Add("Migration3.0", "", "", "CLIENT_VERSION_MIGRATION", byte(2))
	f.Add(":::", "0", "-1", "LEASE", byte(3))
	f.Add("shardId-0", "LATEST", "99999999999999999999", "", byte(4))
	f.Fuzz(func(t *testing.T, key, checkpoint, sub, entity string, kinds byte) {
		value := func(bit byte, text string) types.AttributeValue {
			switch {
			case kinds&bit == 0:
				return &types.AttributeValueMemberS{Value: text}
			case kinds&(bit<<4) == 0:
				return &types.AttributeValueMemberN{Value: text}
			}
			return &types.AttributeValueMemberSS{Value: []string{text}}
		}
		it := item{
			attrLeaseKey: &types.AttributeValueMemberS{Value: key}, attrStream: text("quakes"), attrShard: text(key),
			attrKCLCheckpoint: value(1, checkpoint), attrKCLSub: &types.AttributeValueMemberN{Value: sub},
			attrSequence: value(1, checkpoint), attrPartialSub: value(2, sub), attrPaused: value(4, key), attrPosition: value(8, entity),
		}
		if entity != "" {
			it[attrKCLEntity] = value(8, entity)
		}
		scan := readLegacy([]item{it})
		other := 0
		for _, n := range scan.skipped {
			other += n
		}
		if len(scan.leases)+len(scan.problems)+other != 1 {
			t.Errorf("%d leases, %d problems, %d others of one item", len(scan.leases), len(scan.problems), other)
		}
		for _, l := range scan.leases {
			row, err := (&MigrationSettings{LatestAs: LatestAsHorizon}).row("quakes", l)
			if err != nil {
				continue // AT_TIMESTAMP without a time
			}
			read, err := shardRow(row.item)
			if err != nil {
				t.Errorf("the row of %+v does not read: %v", l, err)
				continue
			}
			if seq := messages.SequenceNumber(l.Checkpoint); seq.Valid() && (read.PartialSeq != seq || read.PartialSub != l.Sub) {
				t.Errorf("the position of %+v became %+v", l, read)
			}
		}
		_, _ = shardRow(it)
		_, _ = nodeRow(it)
		_, _ = readMarker(it)
		table := &Table{name: "t", stream: "quakes"}
		_, _ = table.knownStream("GetItem", it)
		_ = wireItem(it)
	})
}
