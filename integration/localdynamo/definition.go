package localdynamo

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// definition is what CreateTable says of a table and a restart has to know.
type definition struct {
	TableName            string
	TableID              string
	Created              time.Time
	BillingMode          string
	Throughput           throughput
	KeySchema            []keyElement
	AttributeDefinitions []attributeDefinition
}

type keyElement struct {
	AttributeName string
	KeyType       string // HASH or RANGE
}

type attributeDefinition struct {
	AttributeName string
	AttributeType kind // S, N or B
}

type throughput struct {
	ReadCapacityUnits  int64
	WriteCapacityUnits int64
}

// schema joins the key elements with their types.
func (d definition) schema() schema {
	s := make(schema, len(d.KeySchema))
	for i, element := range d.KeySchema {
		s[i].name = element.AttributeName
		for _, a := range d.AttributeDefinitions {
			if a.AttributeName == element.AttributeName {
				s[i].kind = a.AttributeType
			}
		}
	}
	return s
}

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
	BillingModeSummary        *billing `json:",omitempty"`
	DeletionProtectionEnabled bool
}

type throughputDescription struct {
	NumberOfDecreasesToday int64
	throughput
}

type billing struct {
	BillingMode                       string
	LastUpdateToPayPerRequestDateTime wireTime
}

// wireTime is a time in epoch seconds, to the millisecond.
type wireTime time.Time

// MarshalJSON writes seconds with three decimals.
func (t wireTime) MarshalJSON() ([]byte, error) {
	ms := time.Time(t).UnixMilli()
	return fmt.Appendf(nil, "%d.%03d", ms/1000, ms%1000), nil
}

// describe shows a table. DynamoDB counts items and bytes every six hours,
// this server at once.
func (s *Server) describe(t *table) description {
	d := t.definition
	shown := description{
		AttributeDefinitions:  d.AttributeDefinitions,
		TableName:             d.TableName,
		KeySchema:             d.KeySchema,
		TableStatus:           t.status(s.options.Now()),
		CreationDateTime:      wireTime(d.Created),
		ProvisionedThroughput: throughputDescription{throughput: d.Throughput},
		TableSizeBytes:        t.bytes,
		ItemCount:             t.items,
		TableArn:              s.arn(d.TableName),
		TableId:               d.TableID,
	}
	if d.BillingMode == "PAY_PER_REQUEST" {
		shown.BillingModeSummary = &billing{d.BillingMode, wireTime(d.Created)}
	}
	return shown
}

func (s *Server) arn(table string) string {
	return fmt.Sprintf("arn:aws:dynamodb:%s:%s:table/%s", s.options.Region, s.options.AccountID, table)
}

var tableName = regexp.MustCompile(`^[a-zA-Z0-9_.-]{3,255}$`)

// tableRef is the request member that names a table, by name or ARN.
type tableRef struct{ TableName *string }

// name is the bare table name, "" when the request has none.
func (r tableRef) name() string {
	if r.TableName == nil {
		return ""
	}
	if strings.HasPrefix(*r.TableName, "arn:") {
		_, name, _ := strings.Cut(*r.TableName, ":table/")
		return name
	}
	return *r.TableName
}

func (r tableRef) checkTable() error {
	switch {
	case r.TableName == nil:
		return required("tableName")
	case !tableName.MatchString(r.name()):
		return invalid("Invalid table/index name.  Table/index names must be between 3 and 255 characters long, and may contain only the characters a-z, A-Z, 0-9, '_', '-', and '.'")
	}
	return nil
}
