package localdynamo

import (
	"slices"
	"time"
)

// definition is what the update makes of a table.
func (u *updateTable) definition(t *table, now time.Time) (definition, error) {
	d := t.definition
	if err := u.alterThroughput(&d, now); err != nil {
		return d, err
	}
	if err := u.alterIndexes(t, &d); err != nil {
		return d, err
	}
	if u.DeletionProtectionEnabled != nil {
		d.DeletionProtection = *u.DeletionProtectionEnabled
	}
	if u.TableClass != "" {
		d.TableClass = u.TableClass
	}
	return d, nil
}

func (u *updateTable) alterThroughput(d *definition, now time.Time) error {
	switch {
	case u.BillingMode == "PAY_PER_REQUEST":
		if d.BillingMode != "PAY_PER_REQUEST" {
			d.OnDemandSince = now
		}
		d.BillingMode, d.Throughput = "PAY_PER_REQUEST", throughput{}
		d.GlobalIndexes = slices.Clone(d.GlobalIndexes)
		for i := range d.GlobalIndexes {
			d.GlobalIndexes[i].ProvisionedThroughput = nil
		}
		return nil
	case u.ProvisionedThroughput == nil:
		return nil
	case d.BillingMode == "PAY_PER_REQUEST" && u.BillingMode != "PROVISIONED":
		return invalid("One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
	case d.BillingMode != "PAY_PER_REQUEST" && d.Throughput == *u.ProvisionedThroughput:
		return invalid("The provisioned throughput for the table will not change. The requested value equals the current value. "+
			"Current ReadCapacityUnits provisioned for the table: %d. Requested ReadCapacityUnits: %d. "+
			"Current WriteCapacityUnits provisioned for the table: %d. Requested WriteCapacityUnits: %d. "+
			"Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
			d.Throughput.ReadCapacityUnits, u.ProvisionedThroughput.ReadCapacityUnits, d.Throughput.WriteCapacityUnits, u.ProvisionedThroughput.WriteCapacityUnits)
	}
	d.BillingMode = "PROVISIONED"
	if u.ProvisionedThroughput.ReadCapacityUnits < d.Throughput.ReadCapacityUnits || u.ProvisionedThroughput.WriteCapacityUnits < d.Throughput.WriteCapacityUnits {
		d.Decreased, d.Decreases = now, d.Decreases+1
	} else {
		d.Increased = now
	}
	d.Throughput = *u.ProvisionedThroughput
	return nil
}

// alterIndexes applies the index updates. DynamoDB creates or deletes one
// index of a table at a time.
func (u *updateTable) alterIndexes(t *table, d *definition) error {
	d.GlobalIndexes = slices.Clone(d.GlobalIndexes)
	online := 0
	for _, one := range u.GlobalSecondaryIndexUpdates {
		if one.Update == nil {
			online++
		}
	}
	if online > 0 && u.alters() {
		return invalid("One or more parameter values were invalid: You cannot create or delete index while updating table IOPS")
	}
	if online > 1 {
		return fail("LimitExceededException", "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")
	}
	for _, one := range u.GlobalSecondaryIndexUpdates {
		at := slices.IndexFunc(d.GlobalIndexes, func(x indexDefinition) bool { return x.IndexName == one.name() })
		var err error
		switch {
		case one.Create != nil:
			err = u.createIndex(t, d, *one.Create)
		case at < 0 && slices.ContainsFunc(d.LocalIndexes, func(x indexDefinition) bool { return x.IndexName == one.name() }):
			return invalid("Cannot delete an index that is not a GlobalSecondaryIndex: %s", one.name())
		case at < 0:
			return fail("ResourceNotFoundException", "Requested resource not found")
		case one.Delete != nil:
			u.deleted = d.GlobalIndexes[at]
			d.GlobalIndexes = slices.Delete(d.GlobalIndexes, at, at+1)
			d.dropUnused()
		case d.BillingMode == "PAY_PER_REQUEST":
			err = invalid("One or more parameter values were invalid: The only Updates for index: %s when TableThroughputMode is PAY_PER_REQUEST can be to OnDemandThroughput, WarmThroughput", one.name())
		default:
			d.GlobalIndexes[at].ProvisionedThroughput = one.Update.ProvisionedThroughput
		}
		if err != nil {
			return err
		}
	}
	for _, x := range d.GlobalIndexes {
		if d.BillingMode == "PROVISIONED" && x.ProvisionedThroughput == nil {
			return invalid("One or more parameter values were invalid: ProvisionedThroughput must be specified for index: %s", x.IndexName)
		}
	}
	return nil
}

func (u *updateTable) createIndex(t *table, d *definition, x indexDefinition) error {
	for _, other := range d.indexes() {
		if other.IndexName == x.IndexName {
			return invalid("Attempting to create an index which already exists")
		}
	}
	if len(d.GlobalIndexes) == maxGlobalIndexes {
		return fail("LimitExceededException", "Subscriber limit exceeded: GlobalSecondaryIndex count exceeds the per-table limit of %d", maxGlobalIndexes)
	}
	switch {
	case len(u.AttributeDefinitions) == 0:
		return invalid("One or more parameter values were invalid: AttributeDefinitions is not specified for index: %s", x.IndexName)
	case d.BillingMode == "PAY_PER_REQUEST" && x.ProvisionedThroughput != nil:
		return invalid("One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: %s when BillingMode is PAY_PER_REQUEST", x.IndexName)
	case d.BillingMode != "PAY_PER_REQUEST" && x.ProvisionedThroughput == nil:
		return invalid("One or more parameter values were invalid: Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: %s", x.IndexName)
	}
	if err := checkDefinitions(u.AttributeDefinitions); err != nil {
		return err
	}
	d.AttributeDefinitions = slices.Clone(d.AttributeDefinitions)
	for _, a := range u.AttributeDefinitions {
		at := slices.IndexFunc(d.AttributeDefinitions, func(b attributeDefinition) bool { return a.AttributeName == b.AttributeName })
		switch {
		case at < 0:
			d.AttributeDefinitions = append(d.AttributeDefinitions, a)
		case d.AttributeDefinitions[at].AttributeType != a.AttributeType:
			return invalid("One or more parameter values were invalid: Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. Existing schema: %s New schema: %s",
				t.schema.text(), d.keySchema(x.KeySchema).text())
		}
	}
	requested := *d
	requested.AttributeDefinitions = u.AttributeDefinitions
	if err := requested.checkKeySchema(x.KeySchema); err != nil {
		return err
	}
	if err := d.checkIndex(x, true); err != nil {
		return err
	}
	d.GlobalIndexes = append(d.GlobalIndexes, x)
	if err := d.checkAttributesUsed(); err != nil {
		return err
	}
	return d.checkProjected()
}

// dropUnused forgets the definitions of attributes that are keys no more.
func (d *definition) dropUnused() {
	used := map[string]bool{}
	for _, element := range d.KeySchema {
		used[element.AttributeName] = true
	}
	for _, x := range d.indexes() {
		for _, element := range x.KeySchema {
			used[element.AttributeName] = true
		}
	}
	d.AttributeDefinitions = slices.DeleteFunc(slices.Clone(d.AttributeDefinitions), func(a attributeDefinition) bool { return !used[a.AttributeName] })
}
