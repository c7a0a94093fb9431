package localdynamo

import (
	"fmt"
	"time"
)

// description is a table in an answer.
type description struct {
	AttributeDefinitions      []attributeDefinition
	TableName                 string
	KeySchema                 []keyElement
	TableStatus               string
	CreationDateTime          wireTime
	ProvisionedThroughput     throughputDescription
	TableSizeBytes            int64
	ItemCount                 int64
	TableArn                  string
	TableId                   string
	BillingModeSummary        *billing               `json:",omitempty"`
	TableClassSummary         *tableClass            `json:",omitempty"`
	LocalSecondaryIndexes     []indexDescription     `json:",omitempty"`
	GlobalSecondaryIndexes    []indexDescription     `json:",omitempty"`
	SSEDescription            *encryptionDescription `json:",omitempty"`
	DeletionProtectionEnabled bool
}

type throughputDescription struct {
	LastIncreaseDateTime   wireTime `json:",omitzero"`
	LastDecreaseDateTime   wireTime `json:",omitzero"`
	NumberOfDecreasesToday int64
	throughput
}

type billing struct {
	BillingMode                       string
	LastUpdateToPayPerRequestDateTime wireTime `json:",omitzero"`
}

type tableClass struct{ TableClass string }

// indexDescription is an index in an answer. Only global ones have a state and
// a throughput.
type indexDescription struct {
	IndexName             string
	KeySchema             []keyElement
	Projection            *indexProjection
	IndexStatus           string                 `json:",omitempty"`
	Backfilling           *bool                  `json:",omitempty"` // of an index that an existing table gets
	ProvisionedThroughput *throughputDescription `json:",omitempty"`
	IndexSizeBytes        int64
	ItemCount             int64
	IndexArn              string
}

// wireTime is a time in epoch seconds, to the millisecond.
type wireTime time.Time

// IsZero tells whether there is a time at all.
func (t wireTime) IsZero() bool { return time.Time(t).IsZero() }

// MarshalJSON writes seconds with three decimals.
func (t wireTime) MarshalJSON() ([]byte, error) {
	ms := time.Time(t).UnixMilli()
	return fmt.Appendf(nil, "%d.%03d", ms/1000, ms%1000), nil
}

// describe shows a table. DynamoDB counts items and bytes every six hours,
// this server at once.
func (s *Server) describe(t *table) description {
	d, now := t.definition, s.options.Now()
	shown := description{
		AttributeDefinitions: d.AttributeDefinitions,
		TableName:            d.TableName,
		KeySchema:            d.KeySchema,
		TableStatus:          t.status(now),
		CreationDateTime:     wireTime(d.Created),
		ProvisionedThroughput: throughputDescription{
			LastIncreaseDateTime: wireTime(d.Increased), LastDecreaseDateTime: wireTime(d.Decreased),
			NumberOfDecreasesToday: d.Decreases, throughput: d.Throughput,
		},
		TableSizeBytes:            t.content.rows.bytes,
		ItemCount:                 t.content.rows.count,
		TableArn:                  s.arn(d.TableName),
		TableId:                   d.TableID,
		SSEDescription:            s.describeEncryption(d.EncryptionKey),
		DeletionProtectionEnabled: d.DeletionProtection,
	}
	if d.BillingMode == "PAY_PER_REQUEST" || !d.OnDemandSince.IsZero() {
		shown.BillingModeSummary = &billing{d.BillingMode, wireTime(d.OnDemandSince)}
	}
	if d.TableClass != "" {
		shown.TableClassSummary = &tableClass{d.TableClass}
	}
	for _, x := range t.content.indexes {
		if !x.global {
			shown.LocalSecondaryIndexes = append(shown.LocalSecondaryIndexes, s.describeIndex(d, x))
		}
		if !x.global || !t.gone.IsZero() {
			continue
		}
		one := s.describeIndex(d, x)
		one.IndexStatus = t.indexStatus(one.IndexName, now)
		if one.IndexStatus == "CREATING" {
			backfilling := true
			one.Backfilling = &backfilling
		}
		one.ProvisionedThroughput = describeThroughput(x.definition.ProvisionedThroughput)
		shown.GlobalSecondaryIndexes = append(shown.GlobalSecondaryIndexes, one)
	}
	for _, left := range t.leaving {
		if now.Before(left.until) {
			one := s.describeIndex(d, &index{definition: left.definition, rows: &rows{}})
			one.IndexStatus, one.ProvisionedThroughput = "DELETING", describeThroughput(left.definition.ProvisionedThroughput)
			shown.GlobalSecondaryIndexes = append(shown.GlobalSecondaryIndexes, one)
		}
	}
	return shown
}

func (s *Server) describeIndex(d definition, x *index) indexDescription {
	return indexDescription{
		IndexName: x.definition.IndexName, KeySchema: x.definition.KeySchema, Projection: x.definition.Projection,
		IndexSizeBytes: x.rows.bytes, ItemCount: x.rows.count,
		IndexArn: s.arn(d.TableName) + "/index/" + x.definition.IndexName,
	}
}

func describeThroughput(t *throughput) *throughputDescription {
	if t == nil {
		t = &throughput{}
	}
	return &throughputDescription{throughput: *t}
}

// arn names a table, or "table/index/name" an index.
func (s *Server) arn(table string) string {
	return fmt.Sprintf("arn:aws:dynamodb:%s:%s:table/%s", s.options.Region, s.options.AccountID, table)
}
