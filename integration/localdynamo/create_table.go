package localdynamo

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
)

// createTable is CreateTable: a table with its primary key and its indexes.
// Streams and the like are refused.
type createTable struct {
	tableRef
	KeySchema                 []keyElement
	AttributeDefinitions      []attributeDefinition
	BillingMode               string
	ProvisionedThroughput     *throughput
	LocalSecondaryIndexes     []indexDefinition
	GlobalSecondaryIndexes    []indexDefinition
	DeletionProtectionEnabled bool
	TableClass                string
	Tags                      []tag

	OnDemandThroughput, WarmThroughput, ResourcePolicy json.RawMessage
	SSESpecification                                   *encryption
	StreamSpecification                                *struct{ StreamEnabled json.RawMessage }
}

// access: tags of a new table need the permission to tag it, too.
func (c *createTable) access() []access {
	all := []access{{action: "CreateTable", table: c.name()}}
	if len(c.Tags) > 0 {
		all = append(all, access{action: "TagResource", table: c.name()})
	}
	return all
}

func (c *createTable) key(*store) string { return c.name() }

func (c *createTable) check() error {
	if err := c.checkOwnTable(); err != nil {
		return err
	}
	if err := c.constraints(); err != nil {
		return err
	}
	var stream json.RawMessage
	if c.StreamSpecification != nil {
		stream = c.StreamSpecification.StreamEnabled
	}
	if err := c.SSESpecification.check(); err != nil {
		return err
	}
	if err := refuseUnserved(
		unserved{member: "StreamSpecification", content: stream},
		unserved{member: "OnDemandThroughput", content: c.OnDemandThroughput},
		unserved{member: "WarmThroughput", content: c.WarmThroughput},
		unserved{member: "ResourcePolicy", content: c.ResourcePolicy},
	); err != nil {
		return err
	}
	if err := checkTableClass(c.TableClass); err != nil {
		return err
	}
	if err := checkTags(c.Tags); err != nil {
		return err
	}
	if err := c.checkBilling(); err != nil {
		return err
	}
	d := c.definition()
	if err := d.checkPrimaryKey(); err != nil {
		return err
	}
	if err := d.checkIndexes(); err != nil {
		return err
	}
	return d.checkAttributesUsed()
}

func checkTableClass(class string) error {
	if class == "" || class == "STANDARD" || class == "STANDARD_INFREQUENT_ACCESS" {
		return nil
	}
	return invalid("Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, STANDARD_INFREQUENT_ACCESS].")
}

func (c *createTable) checkBilling() error {
	if c.BillingMode == "PAY_PER_REQUEST" {
		if c.ProvisionedThroughput != nil {
			return invalid("One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
		}
		return nil
	}
	if c.ProvisionedThroughput == nil {
		return invalid("One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED")
	}
	return nil
}

// constraints checks the form of what has to be there.
func (c *createTable) constraints() error {
	d := definition{LocalIndexes: c.LocalSecondaryIndexes, GlobalIndexes: c.GlobalSecondaryIndexes}
	return constraints(checkDefinitions(c.AttributeDefinitions), oneOf("billingMode", c.BillingMode, "PROVISIONED", "PAY_PER_REQUEST"),
		c.ProvisionedThroughput.check("provisionedThroughput"), checkKeyElements("keySchema", c.KeySchema), d.checkIndexForms())
}

// checkDefinitions checks the form of attribute definitions.
func checkDefinitions(definitions []attributeDefinition) error {
	errs := []error{present("attributeDefinitions", definitions != nil)}
	for i, a := range definitions {
		member := fmt.Sprintf("attributeDefinitions.%d.member.", i+1)
		errs = append(errs, present(member+"attributeName", a.AttributeName != ""), present(member+"attributeType", a.AttributeType != ""),
			oneOf(member+"attributeType", string(a.AttributeType), "B", "N", "S"))
	}
	return constraints(errs...)
}

// checkKeyElements checks the form of a key schema.
func checkKeyElements(member string, keys []keyElement) error {
	errs := []error{present(member, keys != nil)}
	switch {
	case keys != nil && len(keys) == 0:
		errs = append(errs, violated("Value '[]' at '%s' failed to satisfy constraint: Member must have length greater than or equal to 1", member))
	case len(keys) > 2:
		errs = append(errs, violated("Value at '%s' failed to satisfy constraint: Member must have length less than or equal to 2", member))
	}
	for i, element := range keys {
		place := fmt.Sprintf("%s.%d.member.", member, i+1)
		errs = append(errs, present(place+"attributeName", element.AttributeName != ""), present(place+"keyType", element.KeyType != ""),
			oneOf(place+"keyType", element.KeyType, "HASH", "RANGE"))
	}
	return constraints(errs...)
}

// definition is what the request makes of the table.
func (c *createTable) definition() definition {
	d := definition{
		TableName: c.name(), TableID: tableID(), BillingMode: c.BillingMode,
		KeySchema: c.KeySchema, AttributeDefinitions: c.AttributeDefinitions,
		LocalIndexes: c.LocalSecondaryIndexes, GlobalIndexes: c.GlobalSecondaryIndexes,
		DeletionProtection: c.DeletionProtectionEnabled, TableClass: c.TableClass, Tags: withTags(nil, c.Tags),
		EncryptionKey: c.SSESpecification.key(),
	}
	if c.ProvisionedThroughput != nil {
		d.Throughput = *c.ProvisionedThroughput
	}
	return d
}

func (c *createTable) serve(s *Server) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	name, now := c.name(), s.options.Now()
	if t := s.store.find(name); t != nil {
		if t.status(now) == "DELETING" {
			return nil, inUse("Table is being deleted: " + name)
		}
		return nil, fail("ResourceInUseException", "Table already exists: %s", name)
	}
	d := c.definition()
	d.Created = now
	if d.BillingMode == "PAY_PER_REQUEST" {
		d.OnDemandSince = now
	}
	if err := s.store.commit(change{Create: &d}); err != nil {
		return nil, err
	}
	t := s.store.tables[name]
	t.active = now.Add(s.options.CreateDelay)
	if old, again := s.store.formers[name]; again && s.options.RenameDelay > 0 {
		t.former = &former{schema: old, until: t.active.Add(s.options.RenameDelay)}
	}
	answer := s.describe(t)
	answer.TableStatus = "CREATING" // the answer to CreateTable never says ACTIVE
	for i := range answer.GlobalSecondaryIndexes {
		answer.GlobalSecondaryIndexes[i].IndexStatus = "CREATING"
	}
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
