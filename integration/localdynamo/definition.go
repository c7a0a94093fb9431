package localdynamo

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// definition is what is said of a table and what a restart has to know. A
// definition is never changed; UpdateTable and the like replace it.
type definition struct {
	TableName            string
	TableID              string
	Created              time.Time
	BillingMode          string
	Throughput           throughput
	KeySchema            []keyElement
	AttributeDefinitions []attributeDefinition
	LocalIndexes         []indexDefinition `json:",omitempty"`
	GlobalIndexes        []indexDefinition `json:",omitempty"`

	OnDemandSince      time.Time         `json:",omitzero"`
	Increased          time.Time         `json:",omitzero"` // the throughput
	Decreased          time.Time         `json:",omitzero"`
	Decreases          int64             `json:",omitempty"`
	DeletionProtection bool              `json:",omitempty"`
	TableClass         string            `json:",omitempty"`
	EncryptionKey      string            `json:",omitempty"` // in KMS
	Tags               map[string]string `json:",omitempty"`
	TimeToLive         string            `json:",omitempty"` // the attribute, "" for none
	Recovery           time.Time         `json:",omitzero"`  // since when any point in time can be restored
	RecoveryDays       int64             `json:",omitempty"`
}

type keyElement struct {
	AttributeName string
	KeyType       string // HASH or RANGE
}

type attributeDefinition struct {
	AttributeName string
	AttributeType kind // S, N or B
}

// schema is the table's primary key.
func (d definition) schema() schema { return d.keySchema(d.KeySchema) }

// keySchema joins key elements with their types.
func (d definition) keySchema(keys []keyElement) schema {
	s := make(schema, len(keys))
	for i, element := range keys {
		s[i].name = element.AttributeName
		for _, a := range d.AttributeDefinitions {
			if a.AttributeName == element.AttributeName {
				s[i].kind = a.AttributeType
			}
		}
	}
	return s
}

// indexes are all indexes, the local ones first.
func (d definition) indexes() []indexDefinition {
	return slices.Concat(d.LocalIndexes, d.GlobalIndexes)
}

var tableName = regexp.MustCompile(`^[a-zA-Z0-9_.-]{3,255}$`)

// tableRef is the request member that names a table, by name or ARN.
type tableRef struct{ TableName *string }

// name is the bare table name, "" when the request has none.
func (r tableRef) name() string {
	if r.TableName == nil {
		return ""
	}
	return bareName(*r.TableName)
}

// bareName cuts the name out of an ARN; other text is a name already.
func bareName(table string) string {
	if strings.HasPrefix(table, "arn:") {
		_, name, _ := strings.Cut(table, ":table/")
		return name
	}
	return table
}

func (r tableRef) checkTable() error {
	if r.TableName == nil {
		return required("tableName")
	}
	return checkTableName(r.name())
}

// checkOwnTable is checkTable for operations on tables themselves, which miss
// the name in other words.
func (r tableRef) checkOwnTable() error {
	if r.TableName == nil {
		return invalid("The parameter 'TableName' is required but was not present in the request")
	}
	return checkTableName(r.name())
}

func checkTableName(name string) error {
	if !tableName.MatchString(name) {
		return invalid("Invalid table/index name.  Table/index names must be between 3 and 255 characters long, and may contain only the characters a-z, A-Z, 0-9, '_', '-', and '.'")
	}
	return nil
}
