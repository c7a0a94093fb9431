package localdynamo

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
)

// createTable is CreateTable: a table with a primary key and nothing else.
// Indexes, streams, tags and the like are refused.
type createTable struct {
	tableRef
	KeySchema             []keyElement
	AttributeDefinitions  []attributeDefinition
	BillingMode           string
	ProvisionedThroughput *throughput

	GlobalSecondaryIndexes, LocalSecondaryIndexes, Tags, DeletionProtectionEnabled json.RawMessage
	SSESpecification, OnDemandThroughput, WarmThroughput, ResourcePolicy           json.RawMessage
	StreamSpecification                                                            *struct{ StreamEnabled json.RawMessage }
	TableClass                                                                     string
}

func (c *createTable) access() []access  { return []access{{"CreateTable", c.name()}} }
func (c *createTable) key(*store) string { return c.name() }

func (c *createTable) check() error {
	if err := c.checkTable(); err != nil {
		return err
	}
	var stream json.RawMessage
	if c.StreamSpecification != nil {
		stream = c.StreamSpecification.StreamEnabled
	}
	if err := refuseUnserved(
		unserved{member: "GlobalSecondaryIndexes", content: c.GlobalSecondaryIndexes},
		unserved{member: "LocalSecondaryIndexes", content: c.LocalSecondaryIndexes},
		unserved{member: "StreamSpecification", content: stream},
		unserved{member: "Tags", content: c.Tags},
		unserved{member: "SSESpecification", content: c.SSESpecification},
		unserved{member: "DeletionProtectionEnabled", content: c.DeletionProtectionEnabled},
		unserved{member: "OnDemandThroughput", content: c.OnDemandThroughput},
		unserved{member: "WarmThroughput", content: c.WarmThroughput},
		unserved{member: "ResourcePolicy", content: c.ResourcePolicy},
	); err != nil {
		return err
	}
	if c.TableClass != "" && c.TableClass != "STANDARD" {
		return invalid("The table class %s is not served here; use STANDARD", c.TableClass)
	}
	if err := c.checkBilling(); err != nil {
		return err
	}
	if err := c.checkDefinitions(); err != nil {
		return err
	}
	return c.checkSchema()
}

func (c *createTable) checkBilling() error {
	if err := oneOf("billingMode", c.BillingMode, "PROVISIONED", "PAY_PER_REQUEST"); err != nil {
		return err
	}
	if c.BillingMode == "PAY_PER_REQUEST" {
		if c.ProvisionedThroughput != nil {
			return invalid("One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
		}
		return nil
	}
	if c.ProvisionedThroughput == nil {
		return invalid("One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED")
	}
	if err := atLeast("provisionedThroughput.readCapacityUnits", &c.ProvisionedThroughput.ReadCapacityUnits, 1); err != nil {
		return err
	}
	return atLeast("provisionedThroughput.writeCapacityUnits", &c.ProvisionedThroughput.WriteCapacityUnits, 1)
}

func (c *createTable) checkDefinitions() error {
	if len(c.AttributeDefinitions) == 0 {
		return invalid("One or more parameter values were invalid: Some AttributeDefinitions are not valid. AttributeDefinitions must be specified")
	}
	seen := map[string]bool{}
	for i, a := range c.AttributeDefinitions {
		if a.AttributeName == "" {
			return required(fmt.Sprintf("attributeDefinitions.%d.member.attributeName", i+1))
		}
		if a.AttributeType == "" {
			return required(fmt.Sprintf("attributeDefinitions.%d.member.attributeType", i+1))
		}
		if err := oneOf(fmt.Sprintf("attributeDefinitions.%d.member.attributeType", i+1), string(a.AttributeType), "B", "N", "S"); err != nil {
			return err
		}
		if seen[a.AttributeName] {
			return invalid("Cannot have two attributes with the same name")
		}
		seen[a.AttributeName] = true
	}
	return nil
}

func (c *createTable) checkSchema() error {
	switch n := len(c.KeySchema); {
	case n == 0:
		return required("keySchema")
	case n > 2:
		return invalid("1 validation error detected: Value at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 2")
	case c.KeySchema[0].KeyType != "HASH":
		return invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
	case n == 2 && c.KeySchema[1].KeyType != "RANGE":
		return invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
	case n == 2 && c.KeySchema[0].AttributeName == c.KeySchema[1].AttributeName:
		return invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name")
	}
	for _, element := range c.KeySchema {
		if !slices.ContainsFunc(c.AttributeDefinitions, func(a attributeDefinition) bool { return a.AttributeName == element.AttributeName }) {
			return invalid("One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Missing: %s", element.AttributeName)
		}
	}
	if len(c.KeySchema) != len(c.AttributeDefinitions) {
		return invalid("One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions")
	}
	return nil
}

func (c *createTable) serve(s *Server) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	name := c.name()
	if t := s.store.find(name); t != nil {
		if t.status(s.options.Now()) == "DELETING" {
			return nil, inUse("Table is being deleted: " + name)
		}
		return nil, fail("ResourceInUseException", "Table already exists: %s", name)
	}
	d := definition{
		TableName: name, TableID: tableID(), Created: s.options.Now(), BillingMode: c.BillingMode,
		KeySchema: c.KeySchema, AttributeDefinitions: c.AttributeDefinitions,
	}
	if c.ProvisionedThroughput != nil {
		d.Throughput = *c.ProvisionedThroughput
	}
	if err := s.store.commit(change{Create: &d}); err != nil {
		return nil, err
	}
	t := s.store.tables[name]
	t.active = d.Created.Add(s.options.CreateDelay)
	answer := s.describe(t)
	answer.TableStatus = "CREATING" // the answer to CreateTable never says ACTIVE
	return struct{ TableDescription description }{answer}, nil
}

func inUse(why string) error {
	return fail("ResourceInUseException", "Attempt to change a resource which is still in use: %s", why)
}

// tableID is a random UUID, version 4.
func tableID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
